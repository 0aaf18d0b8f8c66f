package main

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

// metrics counts requests, for Prometheus.
type metrics struct {
	mutex    sync.Mutex
	requests map[[2]string]int64 // by verb and status
	seconds  map[string]float64  // by verb
	counts   map[string]int64
	excluded map[string]int64 // nodes, by reason
}

func newMetrics() *metrics {
	return &metrics{requests: map[[2]string]int64{}, seconds: map[string]float64{}, counts: map[string]int64{}, excluded: map[string]int64{}}
}

func (m *metrics) add(verb string, status int, duration time.Duration) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.requests[[2]string{verb, fmt.Sprint(status)}]++
	m.seconds[verb] += duration.Seconds()
	m.counts[verb]++
}

func (m *metrics) exclude(reason string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.excluded[reason]++
}

// family writes one metric with its lines in order.
func family(text *strings.Builder, name, kind, help string, lines ...string) {
	sort.Strings(lines)
	fmt.Fprintf(text, "# HELP spane_extender_%s %s\n# TYPE spane_extender_%s %s\n", name, help, name, kind)
	for _, line := range lines {
		fmt.Fprintf(text, "spane_extender_%s%s\n", name, line)
	}
}

func (s *server) showMetrics(w http.ResponseWriter, _ *http.Request) {
	var text strings.Builder
	nodes, pods, waiting, mismatches := s.mirror.Counts()
	gauge := func(name, help string, value int) { family(&text, name, "gauge", help, fmt.Sprintf(" %d", value)) }
	family(&text, "info", "gauge", "The version of libspane.", fmt.Sprintf("{version=%q} 1", version()))
	gauge("nodes", "Nodes whose kubelet aligns pods to NUMA zones.", nodes)
	gauge("pods", "Pods on all nodes.", pods)
	gauge("waiting_pods", "Pods that were filtered and are not bound.", waiting)
	gauge("mismatches", "Amounts of zones in which the mirror differed from a node's agent when that last reported.", mismatches)

	m := s.metrics
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var requests, durations, excluded []string
	for key, count := range m.requests {
		requests = append(requests, fmt.Sprintf("{verb=%q,code=%q} %d", key[0], key[1], count))
	}
	for verb, seconds := range m.seconds {
		durations = append(durations, fmt.Sprintf("_sum{verb=%q} %g", verb, seconds), fmt.Sprintf("_count{verb=%q} %d", verb, m.counts[verb]))
	}
	for reason, count := range m.excluded {
		excluded = append(excluded, fmt.Sprintf("{reason=%q} %d", reason, count))
	}
	family(&text, "requests_total", "counter", "Requests of the scheduler.", requests...)
	family(&text, "request_seconds", "summary", "How long they took.", durations...)
	family(&text, "excluded_nodes_total", "counter", "Nodes that the filter excluded.", excluded...)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	_, _ = w.Write([]byte(text.String()))
}
