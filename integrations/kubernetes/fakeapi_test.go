package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// fakeAPI is the part of an API server that the extender calls: lists and watches of two kinds of objects, and bindings of pods. What a
// real one does about bindings it does too: a pod is bound once, and gets the annotations of its binding.
type fakeAPI struct {
	mutex   sync.Mutex
	changed *sync.Cond
	version int
	objects map[string]map[string]map[string]any // by path and UID
	events  map[string][]fakeEvent               // by path
	bound   func(uid, node string)               // told of each binding, in their order
	arrived func(uid string)                     // told of each binding before it is looked at
	refuse  string                               // the message with which the next binding fails, if any
}

type fakeEvent struct {
	Type    string         `json:"type"`
	Object  map[string]any `json:"object"`
	version int
}

func newFakeAPI() *fakeAPI {
	f := &fakeAPI{objects: map[string]map[string]map[string]any{podsPath: {}, topologiesPath: {}}, events: map[string][]fakeEvent{}}
	f.changed = sync.NewCond(&f.mutex)
	return f
}

// copyOf is what an object looks like after it has been sent.
func copyOf(object map[string]any) map[string]any {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	var fresh map[string]any
	if err := json.Unmarshal(data, &fresh); err != nil {
		panic(err)
	}
	return fresh
}

func metadata(object map[string]any) map[string]any { return object["metadata"].(map[string]any) }

// set adds or changes an object and returns the resource version.
func (f *fakeAPI) set(path string, object map[string]any) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.change(path, "MODIFIED", copyOf(object))
}

func (f *fakeAPI) remove(path, uid string) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.change(path, "DELETED", f.objects[path][uid])
}

func (f *fakeAPI) change(path, kind string, object map[string]any) string {
	uid := metadata(object)["uid"].(string)
	if f.objects[path][uid] == nil {
		kind = "ADDED"
	}
	f.version++
	object = copyOf(object)
	metadata(object)["resourceVersion"] = strconv.Itoa(f.version)
	f.objects[path][uid] = object
	if kind == "DELETED" {
		delete(f.objects[path], uid)
	}
	f.events[path] = append(f.events[path], fakeEvent{kind, object, f.version})
	f.changed.Broadcast()
	return strconv.Itoa(f.version)
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Authorization") != "Bearer secret":
		http.Error(w, `{"kind":"Status","message":"Unauthorized"}`, http.StatusUnauthorized)
	case strings.HasSuffix(r.URL.Path, "/binding"):
		f.bind(w, r)
	case f.objects[r.URL.Path] == nil:
		http.NotFound(w, r)
	case r.URL.Query().Get("watch") != "":
		f.watch(w, r)
	default:
		f.list(w, r.URL.Path)
	}
}

func (f *fakeAPI) list(w http.ResponseWriter, path string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	items := []map[string]any{}
	for _, object := range f.objects[path] {
		items = append(items, object)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"kind": "List", "metadata": map[string]string{"resourceVersion": strconv.Itoa(f.version)},
		"items": items})
}

func (f *fakeAPI) watch(w http.ResponseWriter, r *http.Request) {
	seen, err := strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	if err != nil {
		http.Error(w, "resourceVersion", http.StatusBadRequest)
		return
	}
	w.(http.Flusher).Flush()
	go func() {
		<-r.Context().Done()
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.changed.Broadcast()
	}()
	for next := 0; ; {
		f.mutex.Lock()
		for next == len(f.events[r.URL.Path]) && r.Context().Err() == nil {
			f.changed.Wait()
		}
		events := f.events[r.URL.Path][next:]
		next += len(events)
		f.mutex.Unlock()
		if r.Context().Err() != nil {
			return
		}
		for _, event := range events {
			if event.version > seen && json.NewEncoder(w).Encode(event) != nil {
				return
			}
		}
		w.(http.Flusher).Flush()
	}
}

func (f *fakeAPI) bind(w http.ResponseWriter, r *http.Request) {
	var binding struct {
		Metadata struct {
			Name, Namespace, UID string
			Annotations          map[string]any
		}
		Target struct{ Kind, Name string }
	}
	if err := json.NewDecoder(r.Body).Decode(&binding); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if f.arrived != nil {
		f.arrived(binding.Metadata.UID)
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	pod := f.objects[podsPath][binding.Metadata.UID]
	message := f.refuse
	f.refuse = ""
	switch {
	case message != "":
	case pod == nil || r.URL.Path != fmt.Sprintf("/api/v1/namespaces/%s/pods/%s/binding", metadata(pod)["namespace"], metadata(pod)["name"]):
		message = "there is no such pod"
	case binding.Target.Kind != "Node":
		message = "the target is no Node"
	case pod["spec"].(map[string]any)["nodeName"] != nil:
		message = "the pod is bound already"
	}
	if message != "" {
		w.WriteHeader(http.StatusConflict)
		_ = json.NewEncoder(w).Encode(map[string]string{"kind": "Status", "message": message})
		return
	}
	pod = copyOf(pod)
	pod["spec"].(map[string]any)["nodeName"] = binding.Target.Name
	metadata(pod)["annotations"] = binding.Metadata.Annotations
	f.change(podsPath, "MODIFIED", pod)
	if f.bound != nil {
		f.bound(binding.Metadata.UID, binding.Target.Name)
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(`{"kind":"Status","status":"Success"}`))
}

// expire ends the watches of a path as when the version of the watcher is too old.
func (f *fakeAPI) expire(path string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.version++
	f.events[path] = append(f.events[path], fakeEvent{"ERROR", map[string]any{"kind": "Status", "code": 410, "message": "too old resource version"}, f.version})
	f.changed.Broadcast()
}
