package main

import "fmt"

// shortage is why a pod does not go to a node.
type shortage struct {
	text  string
	kind  string
	never bool // even if the node were empty
}

func (m *mirror) shortage(n *node, r request, told reason) *shortage {
	where := fmt.Sprintf("node %s", n.name)
	if told.node >= 0 && told.node < len(n.ids) {
		where = fmt.Sprintf("zone node-%d", n.ids[told.node])
	}
	resource, lacks := "", int64(0)
	if told.resource >= 0 && told.resource < len(m.resources) {
		resource = m.resources[told.resource]
		lacks = whole(resource, told.shortBy, true)
	}
	over := ""
	if r.span > 1 {
		over = fmt.Sprintf(" for an even share over %d zones", r.span)
	}
	switch told.kind {
	case tooSmall:
		return &shortage{fmt.Sprintf("%s could not hold it even if it were empty: %d too few of %s%s", where, lacks, resource, over), "too_small", true}
	case tooFew:
		return &shortage{fmt.Sprintf("it needs %d zones, which are %g too many", r.span, told.shortBy), "too_few_zones", true}
	case noRoom:
		return &shortage{fmt.Sprintf("%s has %d too few of %s left%s", where, lacks, resource, over), "no_room", false}
	}
	return &shortage{fmt.Sprintf("reason %d", told.kind), "other", false}
}

// check returns why a pod does not go to a node now; nil if it does.
func (m *mirror) check(n *node, p *pod) (*shortage, error) {
	if requests := m.requests(n, p); len(requests) == 1 {
		told, err := m.cluster.explain(requests[0], n.server)
		if err != nil || told.kind == fits {
			return nil, err
		}
		return m.shortage(n, requests[0], told), nil
	}
	trial := &seat{pod: p, node: n.name}
	why, err := m.take(trial, false)
	m.drop(trial)
	return why, err
}

// Filter tells why, for each node that the pod does not fit on; nodes that align no pods never are in the answer. With `remember`
// the pod can be bound next.
func (m *mirror) Filter(p *pod, names []string, remember bool) (map[string]*shortage, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	short := map[string]*shortage{}
	for _, name := range names {
		n := m.nodes[name]
		if n == nil {
			continue
		}
		why, err := m.check(n, p)
		if err != nil {
			return nil, err
		}
		if why != nil {
			short[name] = why
		}
	}
	if remember && m.seats[p.Metadata.UID] == nil {
		m.waiting[p.Metadata.UID] = p
	}
	return short, nil
}

// maxScore is the highest score of an extender.
const maxScore = 10

// Prioritize gives 10 to the node that the policy likes best, 9 to the next one and so on, and 0 to all from the eleventh on and to
// those that align no pods. Nodes where the pod takes fewer zones come first.
func (m *mirror) Prioritize(p *pod, names []string) (map[string]int64, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	scores := map[string]int64{}
	var bySpan [maxZones + 1][]int32
	var asked [maxZones + 1]request
	listed := map[string]bool{}
	for _, name := range names {
		n := m.nodes[name]
		if n == nil || listed[name] {
			continue
		}
		listed[name] = true
		if r := largestOf(m.requests(n, p)); r != nil {
			if len(bySpan[r.span]) == 0 || r.amounts[0] < asked[r.span].amounts[0] {
				asked[r.span] = *r // the least of what kubelets of several scopes align at once
			}
			bySpan[r.span] = append(bySpan[r.span], n.server)
		}
	}
	score := int64(maxScore)
	for span, servers := range bySpan {
		best, err := m.cluster.top(asked[span], servers, int(score))
		if err != nil {
			return nil, err
		}
		for _, server := range best {
			scores[m.names[server]] = score
			score--
		}
	}
	return scores, nil
}

// largestOf is the request with most CPUs, which decides about the whole pod; nil if there is none.
func largestOf(requests []request) *request {
	var largest *request
	for i := range requests {
		if largest == nil || requests[i].amounts[0] > largest.amounts[0] {
			largest = &requests[i]
		}
	}
	return largest
}
