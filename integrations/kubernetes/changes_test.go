package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func simplePod(uid string, cpus int64) *testPod {
	return &testPod{uid: uid, name: "pod-" + uid, limited: true, parts: []part{{cpus: 1000 * cpus, amounts: map[string]int64{"memory": gib}}}}
}

// place adds a pod and has it filtered and bound.
func (s *site) place(p *testPod, age int, node string) string {
	var filtered extenderFilterResult
	s.ask("filter", map[string]any{"Pod": s.add(p, age), "NodeNames": []string{node}}, &filtered)
	return s.bind(p, node)
}

func smallSite(t *testing.T) (*site, *machine) {
	m := newMachine("m", "single-numa-node", "pod", 2, 8, 32*gib, nil)
	return newSite(t, []*machine{m}), m
}

// What is wrong with a binding is said, and leaves nothing behind.
func TestBindingsThatFail(t *testing.T) {
	s, _ := smallSite(t)
	first, second := simplePod("1", 8), simplePod("2", 6)
	if why := s.place(first, 1, "m"); why != "" {
		t.Fatal(why)
	}
	for what, why := range map[string]string{
		"is bound to node m already": s.bind(first, "m"),
		"has not been filtered":      s.bind(simplePod("3", 1), "m"),
		"could not hold it even":     s.place(simplePod("4", 9), 4, "m"),
	} {
		if !strings.Contains(why, what) {
			t.Errorf("it says %q, not %q", why, what)
		}
	}
	s.api.refuse = "the quota is exceeded"
	if why := s.place(second, 2, "m"); !strings.Contains(why, "409 Conflict: the quota is exceeded") {
		t.Errorf("it says %q", why)
	}
	if s.differences() > 0 {
		t.Error("after a binding that failed")
	}
	if why := s.bind(second, "m"); why != "" {
		t.Error(why)
	}
	s.differences()
}

// Pods reach a node in the order in which they were given their zones, and one that is slow does not hold up other nodes.
func TestBindingsInOrder(t *testing.T) {
	m, other := newMachine("m", "single-numa-node", "pod", 2, 8, 32*gib, nil), newMachine("other", "restricted", "pod", 1, 8, 32*gib, nil)
	s := newSite(t, []*machine{m, other})
	arrived, release := make(chan string, 3), make(chan bool)
	s.api.arrived = func(uid string) {
		arrived <- uid
		if uid == "1" {
			<-release
		}
	}
	ended := make(chan string, 2)
	go func() { ended <- s.place(simplePod("1", 2), 1, "m") }()
	if uid := <-arrived; uid != "1" {
		t.Fatalf("pod %s has arrived", uid)
	}
	go func() { ended <- s.place(simplePod("2", 8), 2, "m") }()
	s.until("waiting for pod 2", func() bool { return strings.Contains(s.get("/metrics"), "spane_extender_waiting_pods 2\n") })
	time.Sleep(20 * time.Millisecond)
	if why := s.place(simplePod("3", 1), 3, "other"); why != "" {
		t.Error(why)
	}
	if uid := <-arrived; uid != "3" {
		t.Errorf("pod %s has arrived", uid)
	}
	close(release)
	for i := 0; i < 2; i++ {
		if why := <-ended; why != "" {
			t.Error(why)
		}
	}
	s.differences()
}

// A node is scored at the zones that its kubelet will choose, the lowest with room, not at the best ones. Where mostly pods of 8 CPUs come,
// one of 4 should go to "b", whose lowest zone has just 4 left. On zone 1, "a" would be as good and "b" worse: of 12 CPUs and of 8.
func TestScoresAreOfTheKubeletsZones(t *testing.T) {
	a, b := newMachine("a", "single-numa-node", "pod", 2, 8, 32*gib, nil), newMachine("b", "single-numa-node", "pod", 2, 8, 32*gib, nil)
	a.capacity[1]["cpu"], a.free[1]["cpu"] = 12, 12
	s := newSite(t, []*machine{a, b}, "capacity-lost")
	if why := s.place(simplePod("1", 4), 1, "b"); why != "" {
		t.Fatal(why)
	}
	var priorities hostPriorityList
	for i := 0; i < 50; i++ {
		s.ask("prioritize", map[string]any{"Pod": simplePod("large", 8).object(2), "NodeNames": []string{"a", "b"}}, &priorities)
	}
	s.ask("prioritize", map[string]any{"Pod": simplePod("small", 4).object(3), "NodeNames": []string{"a", "b"}}, &priorities)
	if fmt.Sprint(priorities) != "[{a 9} {b 10}]" {
		t.Errorf("the scores are %v", priorities)
	}
}

// Pods that others have bound, and that have ended, and nodes that change and go.
func TestWhatTheAPIServerSays(t *testing.T) {
	s, m := smallSite(t)
	if why := s.place(simplePod("1", 5), 1, "m"); why != "" {
		t.Fatal(why)
	}
	other := simplePod("2", 4)
	object := s.add(other, 2)
	object["spec"].(map[string]any)["nodeName"] = "m"
	s.sync(podsPath, s.api.set(podsPath, object))
	s.running["2"] = m.admit(other)
	s.differences()

	// A machine with another zone keeps its pods where they are.
	m.capacity = append(m.capacity, map[string]int64{"cpu": 9, "memory": gib, "hugepages-1Gi": 0, "nvidia.com/gpu": 0})
	m.free = append(m.free, map[string]int64{"cpu": 9, "memory": gib, "hugepages-1Gi": 0, "nvidia.com/gpu": 0})
	s.sync(topologiesPath, s.api.set(topologiesPath, m.object()))
	s.differences()
	if metrics := s.get("/metrics"); !strings.Contains(metrics, "spane_extender_mismatches 0\n") {
		t.Error(metrics)
	}

	// The agent says something else than the mirror has.
	m.free[0]["cpu"]++
	s.sync(topologiesPath, s.api.set(topologiesPath, m.object()))
	m.free[0]["cpu"]--
	if metrics := s.get("/metrics"); !strings.Contains(metrics, "spane_extender_mismatches 1\n") {
		t.Error(metrics)
	}

	// One pod ends, the connection is lost, and the version that the extender had is too old: it lists everything again.
	object["status"] = map[string]any{"phase": "Succeeded"}
	s.api.set(podsPath, object)
	s.running["2"].evict()
	delete(s.running, "2")
	s.api.expire(podsPath)
	last := simplePod("3", 1)
	s.sync(podsPath, s.api.set(podsPath, last.object(3)))
	s.differences()

	// The machine goes: nothing is known of its zones, and it comes back with its pods.
	before := fmt.Sprint(s.view())
	s.sync(topologiesPath, s.api.remove(topologiesPath, "m"))
	if v := s.view(); len(v.Nodes) != 0 || len(v.Pods) != 1 {
		t.Errorf("there are %v", v)
	}
	s.sync(topologiesPath, s.api.set(topologiesPath, m.object()))
	if after := fmt.Sprint(s.view()); after != before {
		t.Errorf("%s, and before %s", after, before)
	}
}

// Pods that hold more than there is are entered all the same, and nothing more goes there.
func TestOvercommittedByOthers(t *testing.T) {
	s, _ := smallSite(t)
	version := ""
	for i := 0; i < 3; i++ {
		object := simplePod(fmt.Sprint(i), 7).object(i)
		object["spec"].(map[string]any)["nodeName"] = "m"
		version = s.api.set(podsPath, object)
	}
	s.sync(podsPath, version)
	v := s.view()
	if len(v.Pods) != 3 || v.Nodes["m"][0].Free["cpu"]+v.Nodes["m"][1].Free["cpu"] != 16-21 {
		t.Errorf("there are %v", v)
	}
	if why := s.place(simplePod("3", 2), 3, "m"); !strings.Contains(why, "no longer fits on node m: zone node-1 has 1 too few of cpu left") {
		t.Errorf("it says %q", why)
	}
}

// Until it has listed all there is, the extender is not healthy, and it says what the API server answers.
func TestNotReady(t *testing.T) {
	refusing := httptest.NewServer(http.NotFoundHandler())
	defer refusing.Close()
	a, err := newAPI(refusing.URL, "", "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMirror("first+first")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := &server{mirror: m, source: newSource(m, podsPath), metrics: newMetrics()}
	recorder := httptest.NewRecorder()
	s.handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if recorder.Code != http.StatusServiceUnavailable || !strings.Contains(recorder.Body.String(), podsPath) {
		t.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
	if _, err := a.list(context.Background(), s.source.follower(podsPath)); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("it says %v", err)
	}
}

// A mirror that is closed answers with errors.
func TestClosedMirror(t *testing.T) {
	m, err := newMirror("first+first")
	if err != nil {
		t.Fatal(err)
	}
	n := &node{name: "n", single: true, scope: "pod", ids: []int{0}, capacity: []amounts{{"cpu": 4}}, reported: map[string]bool{"cpu": true}, available: []amounts{{"cpu": 4}}}
	if err := m.SetNode("n", n); err != nil {
		t.Fatal(err)
	}
	m.Close()
	m.Close()
	if _, err := m.View(); err == nil {
		t.Error("it has a view")
	}
	if _, err := m.Prioritize(&pod{}, []string{"n"}); err != nil {
		t.Error("a pod without requests needs no cluster: ", err)
	}
	p := &pod{}
	if err := json.Unmarshal([]byte(`{"spec":{"containers":[{"resources":{"limits":{"cpu":2,"memory":1}}}]}}`), p); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Filter(p, []string{"n"}, false); err == nil || !strings.Contains(err.Error(), "NULL") {
		t.Errorf("it says %v", err)
	}
}
