/* Debian compiles the archive of HDF5 for programs, into which a linker copies the variables stdout and stderr of the C
   library. It cannot copy them into a shared library, so the archive is given these instead. */
#include <stdio.h>

FILE *spane_hdf5_stdout;
FILE *spane_hdf5_stderr;

__attribute__((constructor)) static void spane_hdf5_streams(void) {
    spane_hdf5_stdout = stdout;
    spane_hdf5_stderr = stderr;
}
