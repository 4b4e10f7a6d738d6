/*
 * .NET's own start ends without a word where no thread is to be had, or no memory: exit code 255, and nothing managed has run that could
 * say so. The linker puts this in the place of its first step (--wrap, ld(1)), which is called as ever; the one piece of C in the command.
 */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

bool __real_RhInitialize(bool is_library);
bool __wrap_RhInitialize(bool is_library);

static void *nothing(void *given) { return given; }

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) return; /* there is nobody to tell */
}

bool __wrap_RhInitialize(bool is_library)
{
    if (__real_RhInitialize(is_library)) return true;
    pthread_t thread;
    bool has_threads = pthread_create(&thread, NULL, nothing, NULL) == 0;
    say("\303\227 sandpiper could not start; nothing was done\n");
    say(has_threads
        ? "\342\225\260\342\224\200\342\226\266 its runtime has too little memory: `ulimit -v`, or what else limits it here\n"
        : "\342\225\260\342\224\200\342\226\266 no thread is to be had: `ulimit -u`, or what else limits processes here\n");
    return false;
}
