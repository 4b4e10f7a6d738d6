# Sourced by build and test: what has to be on the machine, installed with apt where we may, named in one line where we may not.
# need PROGRAM PACKAGE           the program, from that Debian package
# need_one_of A B -- PACKAGE     any of the programs, else that package
# need_file PATH PACKAGE         the file, from that Debian package
# need_archive NAME PACKAGE      the library that is linked into a program, wherever the compiler looks for it
# want PROGRAM PACKAGE           the same, but nothing ends for want of it: what needs it says that it is skipped
# have_needs                     after the last need: installs what was missing, or says how and ends

missing=

need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need_file() { [ -e "$1" ] || missing="$missing $2"; }

need_archive() {
  for compiler in clang gcc; do
    if archive=$("$compiler" "-print-file-name=$1" 2>/dev/null) && [ -e "$archive" ]; then return 0; fi
  done
  missing="$missing $2"
}

need_one_of() {
  while [ "$1" != -- ]; do
    if command -v "$1" >/dev/null 2>&1; then return 0; fi
    shift
  done
  missing="$missing $2"
}

have_needs() {
  if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing …" >&2
    apt_install >/dev/null 2>&1 || { apt-get update -q >/dev/null 2>&1 || true; apt_install >/dev/null; } && missing=
  fi
  if [ -n "$missing" ]; then
    echo "sandpiper: missing on this machine:$missing; install with:  sudo apt-get install$missing" >&2
  fi
  if ! command -v dotnet >/dev/null 2>&1; then
    echo "sandpiper: the .NET 10 SDK is needed to build: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
  fi
  [ -z "$missing" ] || exit 1
}

want() {
  if command -v "$1" >/dev/null 2>&1 || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then return 0; fi
  missing=$2
  apt_install >/dev/null 2>&1 || true
  missing=
}

# shellcheck disable=SC2086 # one word for each package
apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; }
