package main

import (
	"context"
	"encoding/json"
	"log"
	"sync"
)

// source keeps a mirror as the API server, or files, have it.
type source struct {
	mirror   *mirror
	mutex    sync.Mutex
	versions map[string]string // of what the mirror has, by path; none while it is not up to date
}

func newSource(m *mirror, paths ...string) *source {
	s := &source{mirror: m, versions: map[string]string{}}
	for _, path := range paths {
		s.versions[path] = ""
	}
	return s
}

// Versions are the resource versions that the mirror has, by path, and whether it has all of them.
func (s *source) Versions() (map[string]string, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	ready, versions := true, map[string]string{}
	for path, version := range s.versions {
		ready = ready && version != ""
		versions[path] = version
	}
	return versions, ready
}

func (s *source) follower(path string) follower {
	f := follower{path: path, current: func(version string) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.versions[path] = version
	}}
	if path == podsPath {
		f.replace, f.change = s.setPods, s.setPod
	} else {
		f.replace, f.change = s.setTopologies, s.setTopology
	}
	return f
}

// follow keeps the mirror up to date until the context ends.
func (s *source) follow(ctx context.Context, a *api) *sync.WaitGroup {
	var done sync.WaitGroup
	paths, _ := s.Versions() // a copy, as those that follow write to the map
	for path := range paths {
		done.Add(1)
		go func(path string) {
			defer done.Done()
			a.follow(ctx, s.follower(path))
		}(path)
	}
	return &done
}

// parse reads an object, and says of one that cannot be read that it is left out, so that one bad object does not stop the others.
func parse(object json.RawMessage, into any, what string) bool {
	if err := json.Unmarshal(object, into); err != nil {
		log.Printf("a %s is left out: %v", what, err)
		return false
	}
	return true
}

func (s *source) setTopologies(objects []json.RawMessage) error {
	nodes := map[string]*node{}
	for _, object := range objects {
		var t topology
		if !parse(object, &t, "NodeResourceTopology") {
			continue
		}
		n, err := t.node()
		if err != nil {
			log.Printf("a NodeResourceTopology is left out: %v", err)
		} else if n != nil {
			nodes[n.name] = n
		}
	}
	return s.mirror.SetNodes(nodes)
}

func (s *source) setTopology(object json.RawMessage, gone bool) error {
	var t topology
	if !parse(object, &t, "NodeResourceTopology") {
		return nil
	}
	n, err := t.node()
	if err != nil {
		log.Printf("a NodeResourceTopology is left out: %v", err)
		n = nil
	}
	if gone {
		n = nil
	}
	return s.mirror.SetNode(t.Metadata.Name, n)
}

func (s *source) setPods(objects []json.RawMessage) error {
	var pods []*pod
	for _, object := range objects {
		p := &pod{}
		if parse(object, p, "Pod") {
			pods = append(pods, p)
		}
	}
	return s.mirror.SetPods(pods)
}

func (s *source) setPod(object json.RawMessage, gone bool) error {
	p := &pod{}
	if !parse(object, p, "Pod") {
		return nil
	}
	if gone {
		s.mirror.RemovePod(p.Metadata.UID)
		return nil
	}
	return s.mirror.SetPod(p)
}
