package main

import (
	"fmt"
	"log"
	"reflect"
	"sort"
	"sync"
)

// mirror is what the extender knows of the machines and the pods on them. Its exported methods may be called from any goroutine: one
// lock is held by each, and the others expect it held.
type mirror struct {
	mutex     sync.Mutex
	policy    string
	resources []string         // of the cluster
	nodes     map[string]*node // those that align pods
	names     []string         // of the nodes, by number of server
	seats     map[string]*seat // by UID of the pod
	waiting   map[string]*pod  // filtered and not bound, by UID
	cluster   *cluster
	lastID    uint64
}

func newMirror(policy string) (*mirror, error) {
	m := &mirror{policy: policy, nodes: map[string]*node{}, seats: map[string]*seat{}, waiting: map[string]*pod{}}
	return m, m.rebuild()
}

// Close frees the cluster; the mirror must not be used any more.
func (m *mirror) Close() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.cluster.close()
}

// rebuild makes the cluster anew after machines have come, gone or changed. On an error all stays as it was.
func (m *mirror) rebuild() error {
	resources := resourcesOf(m.nodes)
	fresh, err := newCluster(resources[2:], m.policy)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(m.nodes))
	for name := range m.nodes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		n := m.nodes[name]
		if err := fresh.addServer(len(n.ids), n.zoneAmounts(resources)); err != nil {
			fresh.close()
			return fmt.Errorf("node %s: %w", name, err)
		}
	}
	if m.cluster != nil {
		m.cluster.close()
	}
	m.cluster, m.resources, m.names = fresh, resources, names
	for server, name := range names { // those of a new cluster are numbered from 0
		m.nodes[name].server = int32(server)
	}
	for _, s := range m.seatsInOrder() {
		s.ids = nil
		if _, err := m.take(s, true); err != nil {
			log.Printf("a pod is left out: %v", err)
		}
	}
	return nil
}

// SetNodes replaces all machines.
func (m *mirror) SetNodes(nodes map[string]*node) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	old := m.nodes
	m.nodes = nodes
	if err := m.rebuild(); err != nil {
		m.nodes = old
		return err
	}
	for _, n := range nodes {
		n.mismatches = m.mismatches(n)
	}
	return nil
}

// SetNode adds or replaces a machine; nil is one that does not align pods.
func (m *mirror) SetNode(name string, n *node) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	old := m.nodes[name]
	switch {
	case n == nil && old == nil:
		return nil
	case n == nil:
		delete(m.nodes, name)
	case old != nil && n.single == old.single && n.scope == old.scope && reflect.DeepEqual(n.ids, old.ids) &&
		reflect.DeepEqual(n.capacity, old.capacity):
		old.available = n.available
		old.mismatches = m.mismatches(old)
		return nil
	default:
		m.nodes[name] = n
	}
	if err := m.rebuild(); err != nil {
		delete(m.nodes, name)
		if old != nil {
			m.nodes[name] = old
		}
		return err
	}
	if n != nil {
		n.mismatches = m.mismatches(n)
	}
	return nil
}

// free is what each zone of a node has left, by resource.
func (m *mirror) free(n *node) ([]amounts, error) {
	values, err := m.cluster.free(n.server)
	if err != nil {
		return nil, err
	}
	zones := make([]amounts, len(n.ids))
	for zone := range zones {
		zones[zone] = amounts{}
		for i, resource := range m.resources {
			if n.reports(resource) {
				zones[zone][resource] = whole(resource, values[zone*len(m.resources)+i], false)
			}
		}
	}
	return zones, nil
}

// mismatches is in how many amounts the mirror and what the agent of a node said last differ.
func (m *mirror) mismatches(n *node) int {
	zones, err := m.free(n)
	if err != nil {
		return 0
	}
	count := 0
	for zone, left := range zones {
		for resource, amount := range n.available[zone] {
			if isBytes(resource) {
				amount = pages(amount, false)
			}
			if left[resource] != amount {
				count++
			}
		}
	}
	return count
}

// view is the mirror as /mirror shows it.
type view struct {
	Nodes map[string][]zoneView
	Pods  map[string]podView
}

type zoneView struct {
	Zone int
	Free amounts
}

type podView struct {
	Name, Node string
	Zones      [][]int // of each part that is aligned at once
}

func (m *mirror) View() (view, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	v := view{map[string][]zoneView{}, map[string]podView{}}
	for name, n := range m.nodes {
		zones, err := m.free(n)
		if err != nil {
			return v, err
		}
		for zone, left := range zones {
			v.Nodes[name] = append(v.Nodes[name], zoneView{n.ids[zone], left})
		}
	}
	for uid, s := range m.seats {
		v.Pods[uid] = podView{s.pod.name(), s.node, m.zoneIDs(s)}
	}
	return v, nil
}

// Counts are the numbers of machines, of pods, of pods that wait, and of amounts in which agents and mirror differ.
func (m *mirror) Counts() (nodes, pods, waiting, mismatches int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, n := range m.nodes {
		mismatches += n.mismatches
	}
	return len(m.nodes), len(m.seats), len(m.waiting), mismatches
}
