package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

const bindTimeout = 5 * time.Second

// bind enters the pod in the mirror, so that the next one that is filtered sees it, and then binds it. Where another pod has taken
// the room since it was filtered, the binding is refused and the scheduler schedules the pod again.
func (s *server) bind(body []byte) (any, error) {
	var args bindingArgs
	if err := decode(body, &args); err != nil {
		return nil, err
	}
	if args.PodName == "" || args.PodNamespace == "" || args.PodUID == "" || args.Node == "" {
		return nil, badRequest{errors.New("PodName, PodNamespace, PodUID or Node is missing")}
	}
	if s.binder == nil {
		return bindingResult{"binding is off: start the extender with -bind and -api, and let its account create pods/binding; " +
			"or take bindVerb out of the scheduler's configuration"}, nil
	}
	// Pods reach a node in the order in which they are entered, as the kubelet gives them zones in the order in which they come.
	lock, _ := s.binding.LoadOrStore(args.Node, &sync.Mutex{})
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	zones, err := s.mirror.Reserve(args.PodUID, args.PodNamespace+"/"+args.PodName, args.Node)
	if err != nil {
		return bindingResult{err.Error()}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), bindTimeout)
	defer cancel()
	err = s.binder.bind(ctx, args.PodNamespace, args.PodName, args.PodUID, args.Node, zones)
	s.mirror.Settle(args.PodUID, err == nil)
	if err != nil {
		return bindingResult{err.Error()}, nil
	}
	return bindingResult{}, nil
}

// health is 200 once the mirror has all nodes and pods, and tells of which resource versions it has them.
func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	versions, ready := s.source.Versions()
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	write(w, map[string]any{"Ready": ready, "Versions": versions})
}

// showMirror tells what the extender believes of every zone and pod.
func (s *server) showMirror(w http.ResponseWriter, _ *http.Request) {
	v, err := s.mirror.View()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, v)
}
