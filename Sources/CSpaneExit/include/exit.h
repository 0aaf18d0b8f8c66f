// The command's own allocator: that of the C library, but it ends the command with one line where memory runs out.
// Nobody calls this; it is linked in for its definitions of malloc and its relatives.

#ifndef CSPANEEXIT_H
#define CSPANEEXIT_H

// Does nothing; a program that names it is linked with the allocator.
void exit_when_memory_runs_out(void);

#endif
