# Sourced by build and test: what has to be on the machine, installed with apt where we may, named where we may not.
# need PROGRAM PACKAGE           the program, from that Debian package
# need_one_of A B -- PACKAGE     any of the programs, else that package

need() { command -v "$1" >/dev/null 2>&1 || install_package "$2"; }

need_one_of() {
  while [ "$1" != -- ]; do
    if command -v "$1" >/dev/null 2>&1; then return 0; fi
    shift
  done
  install_package "$2"
}

need_dotnet() {
  if command -v dotnet >/dev/null 2>&1; then return 0; fi
  echo "sandpiper: the .NET 10 SDK is needed to build: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
  exit 1
}

install_package() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing $1 …" >&2
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >/dev/null 2>&1; then return 0; fi
    apt-get update -q >/dev/null 2>&1 || true
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >/dev/null; then return 0; fi
  fi
  echo "sandpiper: $1 is missing; install it with:  sudo apt-get install $1" >&2
  exit 1
}
