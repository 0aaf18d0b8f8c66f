package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// newFileSite is an extender that has its nodes and pods from files.
func newFileSite(t *testing.T) *site {
	s := &site{t: t, options: options{topologies: "testdata/topologies.json", pods: "testdata/pods.json", policy: "most-allocated"}}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func readFile(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A request as kube-scheduler sends it, of a pod that fits on zone 0 of worker-a; worker-b has zones of 4 CPUs, worker-c has 4 in use,
// and of worker-d nothing is known.
func TestFilterAndPrioritize(t *testing.T) {
	s := newFileSite(t)
	var filtered extenderFilterResult
	s.ask("filter", readFile(t, "testdata/filter.json"), &filtered)
	got, _ := json.Marshal(filtered)
	want := `{"Nodes":{"items":[{"metadata":{"name":"worker-a","uid":"a"},"spec":{"podCIDR":"10.244.1.0/24"},"status":{"allocatable":` +
		`{"cpu":"15","example.com/nic":"2","hugepages-1Gi":"4Gi","memory":"60Gi","pods":"110"}}},` +
		`{"metadata":{"name":"worker-d","uid":"d"},"spec":{},"status":{"allocatable":{"cpu":"64","memory":"256Gi","pods":"110"}}}]},` +
		`"NodeNames":null,"FailedNodes":{"worker-c":"zone node-0 has 2 too few of cpu left"},` +
		`"FailedAndUnresolvableNodes":{"worker-b":"zone node-0 could not hold it even if it were empty: 2 too few of cpu"},"Error":""}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var priorities hostPriorityList
	s.ask("prioritize", readFile(t, "testdata/filter.json"), &priorities)
	got, _ = json.Marshal(priorities)
	want = `[{"Host":"worker-a","Score":10},{"Host":"worker-b","Score":0},{"Host":"worker-c","Score":0},{"Host":"worker-d","Score":0}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if pods := s.view().Pods; len(pods) != 1 || pods["c0"].Node != "worker-c" || len(pods["c0"].Zones) != 1 {
		t.Errorf("the pods of the file are %v", pods)
	}
}

func TestBadRequests(t *testing.T) {
	s := newFileSite(t)
	good := readFile(t, "testdata/filter.json")
	for _, bad := range []struct{ verb, body, message string }{
		{"filter", "", "filter: the request is no JSON as of k8s.io/kube-scheduler/extender/v1: unexpected end of JSON input"},
		{"filter", "{", "unexpected end of JSON input"},
		{"filter", good + "}", "invalid character '}' after top-level value"},
		{"filter", "[]", "cannot unmarshal array"},
		{"filter", "{}", "Pod is missing, or has no metadata.uid"},
		{"prioritize", `{"Pod":{"metadata":{"uid":"u"}}}`, "prioritize: both Nodes and NodeNames are missing"},
		{"prioritize", `{"Pod":{"metadata":{"uid":"u"}},"NodeNames":"a"}`, "cannot unmarshal string into Go struct field extenderArgs.NodeNames"},
		{"filter", `{"Pod":{"metadata":{"uid":"u"}},"Nodes":{"items":[{"metadata":{}}]}}`, "item 0 of Nodes has no metadata.name"},
		{"filter", strings.Replace(good, `"cpu": "6"`, `"cpu": "six"`, 1), `quantity "six" is none; it must be a number of at least 0`},
		{"filter", strings.Replace(good, `"cpu": "6"`, `"cpu": "6Xi"`, 1), `quantity "6Xi" is none; it must be a number of at least 0`},
		{"filter", strings.Replace(good, `"cpu": "6"`, `"cpu": -6`, 1), `quantity "-6" is none; it must be a number of at least 0`},
		{"filter", strings.Replace(good, `"cpu": "6"`, `"cpu": "1e99999999"`, 1), `quantity "1e99999999" is none; it must be`},
		{"bind", `{"PodName":"p"}`, "bind: PodName, PodNamespace, PodUID or Node is missing"},
		{"bind", `null`, "bind: PodName, PodNamespace, PodUID or Node is missing"},
	} {
		if status, text := s.post(bad.verb, bad.body); status != http.StatusBadRequest || !strings.Contains(text, bad.message) {
			t.Errorf("%s %.80s: status %d: %s", bad.verb, bad.body, status, text)
		}
	}
	response, err := http.Get(s.url + "/filter")
	if err != nil || response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %v, %v", response.Status, err)
	}
	response.Body.Close()
	metrics := s.get("/metrics")
	for _, line := range []string{"\nspane_extender_requests_total{verb=\"filter\",code=\"400\"} 10\n", "# TYPE spane_extender_requests_total counter\n",
		"\nspane_extender_nodes 3\n", "\nspane_extender_pods 1\n", "\nspane_extender_request_seconds_count{verb=\"bind\"} 2\n"} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %q:\n%s", line, metrics)
		}
	}
}

func TestBindingIsOff(t *testing.T) {
	var result extenderBindingResult
	newFileSite(t).ask("bind", map[string]string{"PodName": "p", "PodNamespace": "n", "PodUID": "u", "Node": "worker-a"}, &result)
	if !strings.Contains(result.Error, "-bind") || !strings.Contains(result.Error, "pods/binding") {
		t.Errorf("it says %q", result.Error)
	}
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string][2]int64{`"1500m"`: {1, 2}, `"2"`: {2, 2}, `3`: {3, 3}, `"0.1"`: {0, 1}, `"1Ki"`: {1024, 1024}, `"1k"`: {1000, 1000},
		`"1.5Gi"`: {3 << 29, 3 << 29}, `"1e3"`: {1000, 1000}, `"2E"`: {2e18, 2e18}, `"12E2"`: {1200, 1200}, `"100n"`: {0, 1}, `"7Ei"`: {7 << 60, 7 << 60}} {
		var q quantity
		if err := json.Unmarshal([]byte(text), &q); err != nil || q.floor() != want[0] || q.ceil() != want[1] {
			t.Errorf("%s is %d and %d, %v", text, q.floor(), q.ceil(), err)
		}
	}
	for _, text := range []string{`""`, `"Gi"`, `"1 Gi"`, `"1GiB"`, `"0x10"`, `"1/2"`, `"-1"`, `"8Ei"`, `true`, `{}`, `"1_000"`, `"Inf"`, `"1e-9999"`} {
		var q quantity
		if err := json.Unmarshal([]byte(text), &q); err == nil {
			t.Errorf("%s is %s", text, q.value.String())
		}
	}
}

func TestOptions(t *testing.T) {
	for arguments, message := range map[string]string{"": "nothing tells of nodes", "-bind -topologies f": "-bind needs -api", "-api u x": `unexpected argument "x"`,
		"-api u -tls-key k": "-tls-cert and -tls-key", "-api u -policy first+spread": "server part of a rule alone", "-nonsense": "not defined"} {
		if _, err := readOptions(strings.Fields(arguments)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: %v", arguments, err)
		}
	}
	for _, o := range []options{{topologies: "testdata/none.json", policy: "most-allocated"}, {topologies: "testdata/topologies.json", policy: "nonsense"}} {
		if s, err := newServer(o); err == nil || !strings.Contains(err.Error(), "none.json") && !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%+v: %v, %v", o, s, err)
		}
	}
}

func TestBadTopologies(t *testing.T) {
	zone := `{"name":"node-0","type":"Node"}`
	policy := `"attributes":[{"name":"topologyManagerPolicy","value":"restricted"}]`
	for text, message := range map[string]string{
		`{"zones":[]}`: "no metadata.name",
		`{"metadata":{"name":"n"},` + policy + `,"zones":[]}`:                                                                    "node n has 0 zones",
		`{"metadata":{"name":"n"},` + policy + `,"zones":[` + zone + `,` + zone + `]}`:                                           `zone "node-0" is not node-N with a number of its own`,
		`{"metadata":{"name":"n"},` + policy + `,"zones":[{"name":"socket","type":"Node"}]}`:                                     `zone "socket" is not node-N`,
		`{"metadata":{"name":"n"},"topologyPolicies":["Restricted"],"attributes":[{"name":"topologyManagerScope","value":"x"}]}`: `topologyManagerScope is "x"`,
	} {
		var top topology
		if err := json.Unmarshal([]byte(text), &top); err != nil {
			t.Fatal(err)
		}
		if _, err := top.node(); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
