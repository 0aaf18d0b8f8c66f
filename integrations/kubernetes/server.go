package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// The shapes of k8s.io/kube-scheduler/extender/v1; Go reads the names of fields in either case.

type extenderArgs struct {
	Pod       *pod
	Nodes     *nodeList
	NodeNames *[]string
}

type nodeList struct {
	Items []json.RawMessage `json:"items"` // given back as they came
}

type filterResult struct {
	Nodes                                   *nodeList `json:",omitempty"`
	NodeNames                               *[]string `json:",omitempty"`
	FailedNodes, FailedAndUnresolvableNodes map[string]string
	Error                                   string
}

type hostPriority struct {
	Host  string
	Score int64
}

type bindingArgs struct{ PodName, PodNamespace, PodUID, Node string }

type bindingResult struct{ Error string }

// maxBody is how long a request may be; the nodes of a large cluster take some 10 KB each where nodeCacheCapable is false.
const maxBody = 256 << 20

// server answers the scheduler.
type server struct {
	mirror  *mirror
	source  *source
	metrics *metrics
	binder  *api     // nil where the scheduler binds pods itself
	binding sync.Map // a lock for each node
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/filter", s.verb("filter", func(body []byte) (any, error) { return s.ranked(body, s.filter) }))
	mux.HandleFunc("/prioritize", s.verb("prioritize", func(body []byte) (any, error) { return s.ranked(body, s.prioritize) }))
	mux.HandleFunc("/bind", s.verb("bind", s.bind))
	mux.HandleFunc("/healthz", s.health)
	mux.HandleFunc("/metrics", s.showMetrics)
	mux.HandleFunc("/mirror", s.showMirror)
	return mux
}

// badRequest is an error that is answered with 400; any other one with 500.
type badRequest struct{ error }

// verb wraps what answers a POST of JSON with JSON.
func (s *server) verb(name string, answer func(body []byte) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		code := http.StatusOK
		defer func() { s.metrics.add(name, code, time.Since(start)) }()
		fail := func(status int, err error) {
			code = status
			http.Error(w, fmt.Sprintf("%s: %v", name, err), code)
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			fail(http.StatusMethodNotAllowed, fmt.Errorf("%s is not allowed; the scheduler sends POST", r.Method))
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			fail(http.StatusBadRequest, err)
			return
		}
		result, err := answer(body)
		var bad badRequest
		if errors.As(err, &bad) {
			fail(http.StatusBadRequest, err)
			return
		} else if err != nil {
			fail(http.StatusInternalServerError, err)
			return
		}
		write(w, result)
	}
}

func write(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(result) // an error here is the connection's
}

// decode reads one JSON value.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return badRequest{fmt.Errorf("the request is no JSON as of k8s.io/kube-scheduler/extender/v1: %w", err)}
	}
	return nil
}

// ranked reads ExtenderArgs and hands on the names of the nodes.
func (s *server) ranked(body []byte, answer func(*extenderArgs, []string) (any, error)) (any, error) {
	var args extenderArgs
	if err := decode(body, &args); err != nil {
		return nil, err
	}
	if args.Pod == nil || args.Pod.Metadata.UID == "" {
		return nil, badRequest{errors.New("Pod is missing, or has no metadata.uid")}
	}
	if args.NodeNames != nil {
		return answer(&args, *args.NodeNames)
	}
	if args.Nodes == nil {
		return nil, badRequest{errors.New("both Nodes and NodeNames are missing")}
	}
	names := make([]string, len(args.Nodes.Items))
	for i, item := range args.Nodes.Items {
		var node struct{ Metadata struct{ Name string } }
		if err := decode(item, &node); err != nil {
			return nil, err
		}
		if names[i] = node.Metadata.Name; names[i] == "" {
			return nil, badRequest{fmt.Errorf("item %d of Nodes has no metadata.name", i)}
		}
	}
	return answer(&args, names)
}

func (s *server) filter(args *extenderArgs, names []string) (any, error) {
	short, err := s.mirror.Filter(args.Pod, names, s.binder != nil)
	if err != nil {
		return nil, err
	}
	result := filterResult{FailedNodes: map[string]string{}, FailedAndUnresolvableNodes: map[string]string{}}
	fitting, items := []string{}, []json.RawMessage{}
	for i, name := range names {
		why := short[name]
		switch {
		case why == nil:
			fitting = append(fitting, name)
			if args.Nodes != nil && args.NodeNames == nil {
				items = append(items, args.Nodes.Items[i])
			}
			continue
		case why.never:
			result.FailedAndUnresolvableNodes[name] = why.text
		default:
			result.FailedNodes[name] = why.text
		}
		s.metrics.exclude(why.kind)
	}
	if args.NodeNames != nil {
		result.NodeNames = &fitting
	} else {
		result.Nodes = &nodeList{items}
	}
	return result, nil
}

func (s *server) prioritize(args *extenderArgs, names []string) (any, error) {
	scores, err := s.mirror.Prioritize(args.Pod, names)
	if err != nil {
		return nil, err
	}
	list := make([]hostPriority, len(names))
	for i, name := range names {
		list[i] = hostPriority{name, scores[name]}
	}
	return list, nil
}
