// How a thread waits for others, and whether it must not; Swift has no thread-local variables.

#ifndef CSPANEWAITING_H
#define CSPANEWAITING_H

// Notes that this thread is inside of a function of the host that the library calls; such calls may stand within one another.
void waiting_forbid(void);
void waiting_allow(void);

// Whether this thread is in none. In one it may hold what it would wait for.
int waiting_is_allowed(void);

// Waits a little, longer from round to round (0, 1, 2 ...): first a few processor cycles, then the rest of the time slice, at last up
// to a millisecond.
void waiting_pause(int round);

#endif
