package main

import (
	"fmt"
	"math/bits"
	"sort"
	"strconv"
	"strings"
)

// zonesAnnotation is written with the binding of a pod, so that an extender that is started later knows on which zones each part of
// the pod is: "0;1,2" for two parts, the second one over two zones.
const zonesAnnotation = "libspane/zones"

// seat is where a pod is: on which zones of its node each part of it that is aligned at once is, a bit for each zone, and the ids
// that the parts have in the cluster.
type seat struct {
	pod       *pod
	node      string
	zones     []uint32
	ids       []uint64
	confirmed bool // the API server has it bound there
}

// requests are what the kubelet of a node aligns for a pod, one after another.
func (m *mirror) requests(n *node, p *pod) []request {
	var all []request
	for _, asked := range p.aligned(n.scope) {
		for resource := range asked {
			if n.reports(resource) {
				all = append(all, n.request(asked, m.resources))
				break
			}
		}
	}
	return all
}

// take enters a seat on the zones that the kubelet will choose, which are the lowest with room; where there is none it returns why and
// enters nothing. With `always` the pod is there already: on the zones of the seat or of its annotation if these are known, and even
// where there is no room.
func (m *mirror) take(s *seat, always bool) (why *shortage, err error) {
	n := m.nodes[s.node]
	if n == nil {
		return nil, nil
	}
	requests, known := m.requests(n, s.pod), s.zones
	if known == nil {
		known = n.parseZones(s.pod.Metadata.Annotations[zonesAnnotation])
	}
	s.zones = nil
	for i, r := range requests {
		told, err := m.cluster.explain(r, n.server)
		if err == nil && told.kind != fits && !always {
			m.drop(s)
			return m.shortage(n, r, told), nil
		}
		zones := told.zones
		if always && len(known) == len(requests) && n.has(known[i], r.span) {
			zones = known[i]
		}
		if err == nil {
			m.lastID++
			err = m.cluster.put(m.lastID, r, n.server, zones, always)
		}
		if err != nil {
			m.drop(s)
			return nil, fmt.Errorf("pod %s on node %s: %w", s.pod.name(), s.node, err)
		}
		s.zones, s.ids = append(s.zones, zones), append(s.ids, m.lastID)
	}
	return nil, nil
}

// drop gives back what a seat has.
func (m *mirror) drop(s *seat) {
	for _, id := range s.ids {
		_ = m.cluster.release(id) // entered by take
	}
	s.ids, s.zones = nil, nil
}

// seatsInOrder are the seats, first those that were taken first.
func (m *mirror) seatsInOrder() []*seat {
	all := make([]*seat, 0, len(m.seats))
	first := func(s *seat) uint64 {
		if len(s.ids) == 0 {
			return m.lastID + 1
		}
		return s.ids[0]
	}
	for _, s := range m.seats {
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool {
		if first(all[i]) != first(all[j]) {
			return first(all[i]) < first(all[j])
		}
		return all[i].pod.isBefore(all[j].pod)
	})
	return all
}

// isBefore orders pods by age.
func (p *pod) isBefore(other *pod) bool {
	a, b := &p.Metadata, &other.Metadata
	if a.CreationTimestamp != b.CreationTimestamp {
		return a.CreationTimestamp < b.CreationTimestamp
	}
	return a.UID < b.UID
}

// SetPods replaces all pods by those that the API server lists.
func (m *mirror) SetPods(pods []*pod) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	listed := map[string]bool{}
	for _, p := range pods {
		listed[p.Metadata.UID] = true
	}
	for uid, s := range m.seats {
		if !listed[uid] && s.confirmed {
			m.remove(uid)
		}
	}
	for uid := range m.waiting {
		if !listed[uid] {
			delete(m.waiting, uid)
		}
	}
	sort.Slice(pods, func(i, j int) bool { return pods[i].isBefore(pods[j]) })
	for _, p := range pods {
		if err := m.set(p); err != nil {
			return err
		}
	}
	return nil
}

// SetPod enters what the API server says of a pod.
func (m *mirror) SetPod(p *pod) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.set(p)
}

// RemovePod removes a pod that is gone.
func (m *mirror) RemovePod(uid string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.remove(uid)
}

func (m *mirror) remove(uid string) {
	if s := m.seats[uid]; s != nil {
		m.drop(s)
	}
	delete(m.seats, uid)
	delete(m.waiting, uid)
}

func (m *mirror) set(p *pod) error {
	uid := p.Metadata.UID
	if p.Spec.NodeName == "" { // also while its binding is on the way
		return nil
	}
	if !p.holdsResources() {
		m.remove(uid)
		return nil
	}
	if s := m.seats[uid]; s != nil && s.node == p.Spec.NodeName {
		s.confirmed = true
		delete(m.waiting, uid)
		return nil
	}
	m.remove(uid)
	s := &seat{pod: p, node: p.Spec.NodeName, confirmed: true}
	m.seats[uid] = s
	_, err := m.take(s, true)
	return err
}

// Reserve enters a pod that is about to be bound, and returns the annotation that names its zones.
func (m *mirror) Reserve(uid, name, node string) (string, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	p := m.waiting[uid]
	if s := m.seats[uid]; s != nil {
		return "", fmt.Errorf("pod %s is bound to node %s already, or about to be", name, s.node)
	}
	if p == nil {
		return "", fmt.Errorf("pod %s has not been filtered since the extender was started, so what it asks for is not known; schedule it again", name)
	}
	s := &seat{pod: p, node: node}
	why, err := m.take(s, false)
	if err != nil {
		return "", err
	}
	if why != nil {
		return "", fmt.Errorf("pod %s no longer fits on node %s: %s", name, node, why.text)
	}
	m.seats[uid] = s
	return formatZones(m.zoneIDs(s)), nil
}

// Settle ends what Reserve began: the pod is bound, or its binding has failed.
func (m *mirror) Settle(uid string, bound bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	s := m.seats[uid]
	switch {
	case bound:
		delete(m.waiting, uid)
		if s != nil {
			s.confirmed = true
		}
	case s != nil && !s.confirmed: // else the API server has said meanwhile that it is bound
		m.drop(s)
		delete(m.seats, uid)
	}
}

// has is whether the bits are so many zones of the node.
func (n *node) has(zones uint32, span int) bool {
	return bits.OnesCount32(zones) == span && zones < 1<<len(n.ids)
}

// zoneIDs are the zones of a seat as its machine numbers them.
func (m *mirror) zoneIDs(s *seat) [][]int {
	all := [][]int{}
	n := m.nodes[s.node]
	if n == nil {
		return all
	}
	for _, zones := range s.zones {
		var ids []int
		for bit, id := range n.ids {
			if zones>>bit&1 == 1 {
				ids = append(ids, id)
			}
		}
		all = append(all, ids)
	}
	return all
}

func formatZones(parts [][]int) string {
	texts := make([]string, len(parts))
	for i, ids := range parts {
		texts[i] = strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
	}
	return strings.Join(texts, ";")
}

// parseZones reads an annotation; where it is none of this node it returns nil.
func (n *node) parseZones(text string) []uint32 {
	var all []uint32
	for _, part := range strings.Split(text, ";") {
		zones := uint32(0)
		for _, field := range strings.Split(part, ",") {
			id, err := strconv.Atoi(field)
			for bit := range n.ids {
				if err == nil && n.ids[bit] == id {
					zones |= 1 << bit
				}
			}
		}
		if zones == 0 {
			return nil
		}
		all = append(all, zones)
	}
	return all
}
