// A scheduler's main loop with libspane through cgo: ../c/scheduler.c once more, whose output it repeats. VMs arrive and leave, and
// those that fit nowhere wait in a queue.
//
//	go build scheduler.go && ./scheduler ../data/events.csv best-fit
package main

/*
#cgo pkg-config: spane
#include <stdlib.h>
#include <spane.h>

// cgo sees no macro that is an initialiser; functions stand in for those.
static spane_request request_of(double cpu, double mem) { return (spane_request)SPANE_REQUEST(cpu, mem); }
static spane_policy policy_of(const char *name) { return (spane_policy)SPANE_POLICY_HEURISTIC(name); }
*/
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"
)

const servers, nodeCPU, nodeMem = 5, 40, 90 // cores and GB on each of the two NUMA nodes of a server

type vm struct {
	id        C.uint64_t
	request   C.spane_request // its span is 0: above 10 GB over both nodes, the rule of the cluster
	since     float64
	explained bool
}

var (
	cluster                         *C.spane_cluster
	session                         *C.spane_session
	queue                           []*vm // first come, first served
	placed, waited, gaveUp, refused int
	usedCPU, totalWait              float64
)

// check ends the program if a call failed; passes on what is no error.
func check(status C.spane_status) C.spane_status {
	if status < 0 {
		fmt.Fprintf(os.Stderr, "scheduler: %s: %s\n", C.GoString(C.spane_status_name(status)), C.GoString(C.spane_last_error()))
		os.Exit(1)
	}
	return status
}

// explain prints why a VM goes nowhere, in one line.
func explain(v *vm, what string) {
	var why [1024]C.char
	var size C.size_t
	check(C.spane_session_explain(session, &v.request, nil, 0, 0, C.SPANE_TEXT, &why[0], C.size_t(len(why)), &size))
	fmt.Fprintf(os.Stderr, "scheduler: VM %d %s: %s\n", v.id, what, C.GoString(&why[0]))
}

// tryToPlace returns whether the VM need not wait: it was placed, or is refused because no server is large enough for it.
func tryToPlace(v *vm) bool {
	var placement C.spane_placement
	switch check(C.spane_session_place(session, v.id, &v.request, &placement)) {
	case C.SPANE_NO_ROOM:
		return false
	case C.SPANE_NEVER_FITS:
		explain(v, "is refused")
		refused++
	default: // Here the VM is started on placement.server, on the NUMA nodes whose bits are set in placement.nodes.
		placed++
		usedCPU += float64(v.request.cpu)
	}
	return true
}

// serveQueue places those that wait, in order, as long as the first one fits.
func serveQueue(now float64) {
	for ; len(queue) > 0; queue = queue[1:] {
		first, before := queue[0], placed
		if !tryToPlace(first) {
			if !first.explained {
				explain(first, "waits")
			}
			first.explained = true
			return
		}
		if placed > before {
			waited++
			totalWait += now - first.since
		}
	}
}

func leave(v *vm) {
	for i, other := range queue {
		if other.id == v.id { // it has waited for too long
			queue = append(queue[:i], queue[i+1:]...)
			gaveUp++
			return
		}
	}
	if status := C.spane_cluster_release(cluster, v.id, nil); status != C.SPANE_NOT_FOUND { // else it was refused
		check(status)
		usedCPU -= float64(v.request.cpu)
	}
}

func main() {
	runtime.LockOSThread() // spane_last_error is about the calls of one thread, and goroutines change theirs
	if len(os.Args) != 3 || C.spane_abi_version() != C.SPANE_ABI_VERSION {
		fmt.Fprintln(os.Stderr, "usage: scheduler EVENTS.csv HEURISTIC")
		os.Exit(1)
	}
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "scheduler:", err)
		os.Exit(1)
	}
	name := C.CString(os.Args[2])
	policy := C.policy_of(name)
	check(C.spane_cluster_new(nil, &cluster))
	check(C.spane_cluster_add_equal_servers(cluster, nodeCPU, nodeMem, servers, nil))
	check(C.spane_session_new(cluster, &policy, &session))
	C.free(unsafe.Pointer(name))

	var now, first, busy float64
	events := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var time, cpu, mem float64
		var id uint64
		var event string
		fields := strings.ReplaceAll(lines.Text(), ",", " ")
		if n, _ := fmt.Sscan(fields, &time, &event, &id, &cpu, &mem); n != 5 {
			continue // the heading
		}
		if events == 0 {
			first, now = time, time
		}
		busy += usedCPU * (time - now)
		now = time
		switch events { // Server 0 is taken out for maintenance: its VMs go on, and new ones go elsewhere.
		case 1000:
			check(C.spane_cluster_cordon(cluster, 0))
		case 1200:
			check(C.spane_cluster_uncordon(cluster, 0))
		}
		events++
		v := &vm{C.uint64_t(id), C.request_of(C.double(cpu), C.double(mem)), now, false}
		if event != "arrive" {
			leave(v)
		} else if len(queue) > 0 || !tryToPlace(v) {
			queue = append(queue, v)
		}
		serveQueue(now)
	}

	mean := 0.0
	if waited > 0 {
		mean = totalWait / float64(waited)
	}
	fmt.Printf("placed       %d VMs\n", placed)
	fmt.Printf("waited       %d VMs, %.0f s on average\n", waited, mean)
	fmt.Printf("gave up      %d VMs\n", gaveUp)
	fmt.Printf("refused      %d VMs\n", refused)
	fmt.Printf("utilisation  %.1f %% of the cores\n", 100*busy/(now-first)/(servers*2*nodeCPU))
	C.spane_session_free(session)
	C.spane_cluster_free(cluster)
}
