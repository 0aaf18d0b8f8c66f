/* Ignores a status that must not be ignored, so it must not compile; with USE defined it must. C and C++. */

#include <spane.h>

#ifdef USE
#define STATUS return
#else
#define STATUS
#endif

spane_status ignores(spane_session *session, const spane_request *request, spane_placement *placement);

spane_status ignores(spane_session *session, const spane_request *request, spane_placement *placement) {
    STATUS spane_session_choose(session, request, placement);
#ifndef USE
    return SPANE_OK;
#endif
}
