package main

/*
#cgo pkg-config: spane
#cgo CFLAGS: -Wall -Wextra -Werror
#include <stdlib.h>
#include <spane.h>

// A struct that Go hands to C must not point to memory of Go, so structs with pointers are made here.

static spane_request request_of(int32_t span, const double *amounts, uint32_t others) {
	spane_request request = SPANE_REQUEST(amounts[0], amounts[1]);
	request.span = span;
	request.amounts = others > 0 ? amounts + 2 : NULL;
	request.amount_count = others;
	return request;
}

static spane_status new_cluster(const char **resources, uint32_t count, spane_cluster **cluster) {
	spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
	options.nodes = SPANE_MAX_NODES;
	options.split_above = HUGE_VAL;
	options.node_resources = resources;
	options.node_resource_count = count;
	return spane_cluster_new(&options, cluster);
}

static spane_status new_session(spane_cluster *cluster, const char *heuristic, spane_session **session) {
	spane_policy policy = SPANE_POLICY_HEURISTIC(heuristic);
	return spane_session_new(cluster, &policy, session);
}

static spane_status add_server(spane_cluster *cluster, int32_t nodes, const double *amounts) {
	spane_server_type type = SPANE_SERVER_TYPE_INIT;
	type.nodes = nodes;
	type.node_amounts = amounts;
	return spane_cluster_add_servers(cluster, &type, 1, NULL);
}

static spane_status explain(const spane_cluster *cluster, int32_t span, const double *amounts, uint32_t others, int32_t server,
                            spane_reason *reason) {
	spane_request request = request_of(span, amounts, others);
	*reason = (spane_reason)SPANE_REASON_INIT;
	return spane_cluster_explain(cluster, &request, &server, 1, reason);
}

static spane_status put(spane_cluster *cluster, uint64_t id, int32_t span, const double *amounts, uint32_t others,
                        spane_placement placement, int whether_or_not_there_is_room) {
	spane_request request = request_of(span, amounts, others);
	return whether_or_not_there_is_room ? spane_cluster_record(cluster, id, &request, placement)
	                                    : spane_cluster_place(cluster, id, &request, placement);
}

// A list is no decision that a rule learns from, so the best one is chosen first.
static spane_status top(spane_session *session, int32_t span, const double *amounts, uint32_t others, const int32_t *servers,
                        size_t count, size_t k, spane_placement *placements, size_t *found) {
	spane_request request = request_of(span, amounts, others);
	spane_placement best;
	spane_status status = spane_session_choose_among(session, &request, servers, count, &best);
	*found = 0;
	if (status != SPANE_OK) return status;
	return spane_session_top(session, &request, servers, count, k, placements, NULL, found);
}
*/
import "C"

import (
	"errors"
	"runtime"
	"unsafe"
)

const (
	fits     = C.SPANE_REASON_FITS
	tooFew   = C.SPANE_REASON_TOO_FEW_NODES
	tooSmall = C.SPANE_REASON_TOO_SMALL
	noRoom   = C.SPANE_REASON_NO_ROOM
)

// most is the largest amount of the library.
const most = 1 << 32

// request is what is aligned at once: amounts of CPUs and memory, then of the other resources, over so many zones.
type request struct {
	span    int
	amounts []float64
}

// cluster is a spane_cluster with a session; one goroutine at a time may use it.
type cluster struct {
	handle  *C.spane_cluster
	session *C.spane_session
	others  int // resources besides CPUs and memory
}

// call makes an error of a status below 0. The message belongs to the thread of the call, so the goroutine stays on it.
func call(function func() C.spane_status) (C.spane_status, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	status := function()
	if status < 0 {
		return status, errors.New(C.GoString(C.spane_last_error()))
	}
	return status, nil
}

func newCluster(resources []string, heuristic string) (*cluster, error) {
	c := &cluster{others: len(resources)}
	names := (**C.char)(C.calloc(C.size_t(len(resources)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	defer C.free(unsafe.Pointer(names))
	for i, resource := range resources {
		name := C.CString(resource)
		defer C.free(unsafe.Pointer(name))
		unsafe.Slice(names, len(resources))[i] = name
	}
	if _, err := call(func() C.spane_status { return C.new_cluster(names, C.uint32_t(len(resources)), &c.handle) }); err != nil {
		return nil, err
	}
	policy := C.CString(heuristic)
	defer C.free(unsafe.Pointer(policy))
	if _, err := call(func() C.spane_status { return C.new_session(c.handle, policy, &c.session) }); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *cluster) close() {
	C.spane_session_free(c.session)
	C.spane_cluster_free(c.handle)
	c.handle, c.session = nil, nil
}

// addServer adds a server; amounts are those of its zones, one zone after another. The first one is number 0.
func (c *cluster) addServer(zones int, amounts []float64) error {
	_, err := call(func() C.spane_status { return C.add_server(c.handle, C.int32_t(zones), (*C.double)(&amounts[0])) })
	return err
}

// What spane_cluster_explain says of a server.
type reason struct {
	kind     int
	resource int // index of what is short
	node     int // the zone where it is short; -1 for the server as a whole
	shortBy  float64
	zones    uint32 // where there is room, or least is short
}

// explain tells whether and where a server has room, or why not.
func (c *cluster) explain(r request, server int32) (reason, error) {
	var why C.spane_reason
	_, err := call(func() C.spane_status {
		return C.explain(c.handle, C.int32_t(r.span), (*C.double)(&r.amounts[0]), C.uint32_t(c.others), C.int32_t(server), &why)
	})
	return reason{int(why.reason), int(why.resource), int(why.node), float64(why.short_by), uint32(why.nodes)}, err
}

// put places what has the id on zones of a server; with `always`, even where there is no room.
func (c *cluster) put(id uint64, r request, server int32, zones uint32, always bool) error {
	placement := C.spane_placement{server: C.int32_t(server), nodes: C.uint32_t(zones)}
	force := C.int(0)
	if always {
		force = 1
	}
	_, err := call(func() C.spane_status {
		return C.put(c.handle, C.uint64_t(id), C.int32_t(r.span), (*C.double)(&r.amounts[0]), C.uint32_t(c.others), placement, force)
	})
	return err
}

func (c *cluster) release(id uint64) error {
	_, err := call(func() C.spane_status { return C.spane_cluster_release(c.handle, C.uint64_t(id), nil) })
	return err
}

// top returns the k servers that the policy likes best, best first; fewer where fewer have room.
func (c *cluster) top(r request, servers []int32, k int) ([]int32, error) {
	if len(servers) == 0 || k < 1 {
		return nil, nil
	}
	placements := make([]C.spane_placement, k)
	var found C.size_t
	_, err := call(func() C.spane_status {
		return C.top(c.session, C.int32_t(r.span), (*C.double)(&r.amounts[0]), C.uint32_t(c.others), (*C.int32_t)(&servers[0]),
			C.size_t(len(servers)), C.size_t(k), &placements[0], &found)
	})
	if err != nil {
		return nil, err
	}
	best := make([]int32, found)
	for i := range best {
		best[i] = int32(placements[i].server)
	}
	return best, nil
}

// free returns what is left on a server, for maxZones zones one after another.
func (c *cluster) free(server int32) ([]float64, error) {
	left := make([]float64, maxZones*(2+c.others))
	number := C.int32_t(server)
	_, err := call(func() C.spane_status {
		return C.spane_cluster_amounts(c.handle, &number, 1, nil, (*C.double)(&left[0]))
	})
	return left, err
}

func version() string { return C.GoString(C.spane_version_string()) }

func abiMatches() bool { return C.spane_abi_version() == C.SPANE_ABI_VERSION }
