package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// site is an API server, an extender that follows it over loopback, and the book of what there really is.
type site struct {
	t        testing.TB
	api      *fakeAPI
	options  options
	machines []*machine
	pods     map[string]*testPod
	running  map[string]*admitted
	refused  int          // pods that a kubelet did not admit
	asked    atomic.Int64 // nanoseconds that filters and priorities took
	worked   atomic.Int64 // nanoseconds of the processor that they took at both ends
	url      string
	stop     func()
}

func newSite(t testing.TB, machines []*machine, policy ...string) *site {
	pause = 10 * time.Millisecond
	s := &site{t: t, api: newFakeAPI(), machines: machines, pods: map[string]*testPod{}, running: map[string]*admitted{}}
	for _, m := range machines {
		s.api.set(topologiesPath, m.object())
	}
	s.api.bound = func(uid, name string) { // the kubelet
		if admitted := s.machine(name).admit(s.pods[uid]); admitted != nil {
			s.running[uid] = admitted
		} else {
			s.refused++
		}
	}
	server := httptest.NewServer(s.api)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.options = options{api: server.URL, token: token, policy: "capacity-lost,10*most-allocated", bind: true}
	if len(policy) > 0 {
		s.options.policy = policy[0]
	}
	s.start()
	t.Cleanup(func() {
		s.stop()
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

// start starts the extender and waits until it is ready.
func (s *site) start() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, s.options, listener) }()
	s.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
		s.stop = func() {}
	}
	s.until("ready", func() bool {
		response, err := http.Get(s.url + "/healthz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

func (s *site) until(what string, condition func() bool) {
	s.t.Helper()
	for tries := 0; !condition(); tries++ {
		if tries == 5000 {
			s.t.Fatalf("the extender is not %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *site) machine(name string) *machine {
	for _, m := range s.machines {
		if m.name == name {
			return m
		}
	}
	return nil
}

// post sends what the scheduler sends and returns the status and the body.
func (s *site) post(verb string, args any) (int, string) {
	body, isText := args.(string)
	if !isText {
		data, err := json.Marshal(args)
		if err != nil {
			s.t.Fatal(err)
		}
		body = string(data)
	}
	start, before := time.Now(), processorTime()
	response, err := http.Post(s.url+"/"+verb, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if verb != "bind" {
		s.asked.Add(int64(time.Since(start)))
		s.worked.Add(int64((processorTime() - before) * 1e9))
	}
	return response.StatusCode, string(text)
}

// ask is a post that has to succeed; strictly, so that every field of the answer is one of the scheduler's.
func (s *site) ask(verb string, args, answer any) {
	status, text := s.post(verb, args)
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(answer); status != http.StatusOK || err != nil {
		s.t.Fatalf("%s: status %d, %v: %s", verb, status, err, text)
	}
}

func (s *site) get(path string) string {
	response, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// The answers as k8s.io/kube-scheduler/extender/v1 has them.
type (
	extenderFilterResult struct {
		Nodes *struct {
			Items []map[string]any `json:"items"`
		}
		NodeNames                               *[]string
		FailedNodes, FailedAndUnresolvableNodes map[string]string
		Error                                   string
	}
	hostPriorityList []struct {
		Host  string
		Score int64
	}
	extenderBindingResult struct{ Error string }
)

type mirrorView struct {
	Nodes map[string][]struct {
		Zone int
		Free map[string]int64
	}
	Pods map[string]struct {
		Name, Node string
		Zones      [][]int
	}
}

func (s *site) view() mirrorView {
	var v mirrorView
	if err := json.Unmarshal([]byte(s.get("/mirror")), &v); err != nil {
		s.t.Fatal(err)
	}
	return v
}

// remove deletes a pod and waits until the extender knows.
func (s *site) remove(uid string) {
	version := s.api.remove(podsPath, uid)
	if admitted := s.running[uid]; admitted != nil {
		admitted.evict()
	}
	delete(s.running, uid)
	delete(s.pods, uid)
	s.sync(podsPath, version)
}

// sync waits until the extender has seen a resource version.
func (s *site) sync(path, version string) {
	s.t.Helper()
	s.until("up to date", func() bool {
		var health struct{ Versions map[string]string }
		return json.Unmarshal([]byte(s.get("/healthz")), &health) == nil && health.Versions[path] == version
	})
}

// differences is in how many zones and pods the mirror and the book differ, and how many zones are overcommitted.
func (s *site) differences() int {
	s.t.Helper()
	count, v := 0, s.view()
	differ := func(format string, arguments ...any) {
		count++
		s.t.Errorf(format, arguments...)
	}
	aligning := 0
	for _, m := range s.machines {
		if !m.aligns() {
			continue
		}
		aligning++
		if len(v.Nodes[m.name]) != len(m.free) {
			differ("node %s: the mirror has %d zones, the book %d", m.name, len(v.Nodes[m.name]), len(m.free))
			continue
		}
		for zone, free := range m.free {
			mirrored := v.Nodes[m.name][zone]
			if mirrored.Zone != zone || fmt.Sprint(mirrored.Free) != fmt.Sprint(free) {
				differ("node %s zone %d: the mirror has %v left, the book %v", m.name, zone, mirrored, free)
			}
			for name, amount := range free {
				if amount < 0 {
					differ("node %s zone %d: overcommitted by %d of %s", m.name, zone, -amount, name)
				}
			}
		}
	}
	if len(v.Nodes) != aligning || len(v.Pods) != len(s.running) {
		differ("the mirror has %d nodes and %d pods, the book %d and %d", len(v.Nodes), len(v.Pods), aligning, len(s.running))
	}
	for uid, a := range s.running {
		zones := [][]int{}
		for _, set := range a.sets {
			var ids []int
			for bit := 0; bit < maxZones; bit++ {
				if set>>bit&1 == 1 {
					ids = append(ids, bit)
				}
			}
			zones = append(zones, ids)
		}
		if seen := v.Pods[uid]; seen.Node != a.machine.name || fmt.Sprint(seen.Zones) != fmt.Sprint(zones) {
			differ("pod %s: the mirror has it on %s %v, the book on %s %v", uid, seen.Node, seen.Zones, a.machine.name, zones)
		}
	}
	return count
}
