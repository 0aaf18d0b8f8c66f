package main

import (
	"fmt"
	"math/bits"
	"math/rand"
)

// The test's own book of machines and pods: an independent model of what the kubelets do, in whole numbers, written from the
// documentation of the Topology Manager.

const gib = 1 << 30

// machine is a node with equal or unequal zones.
type machine struct {
	name, policy, scope string
	capacity, free      []map[string]int64 // by zone
	total               map[string]int64   // CPUs, memory and GPUs that all pods leave, also those that are not aligned
}

// part is a container of a test's pod.
type part struct {
	cpus     int64 // thousandths
	amounts  map[string]int64
	init     bool
	keepsRun bool // an init container that is restarted
}

// testPod is a pod before it is JSON.
type testPod struct {
	uid, name string
	limited   bool // limits as requests, so that it is Guaranteed
	parts     []part
}

// object is the pod in the shape of v1.Pod.
func (p *testPod) object(age int) map[string]any {
	var containers, inits []any
	for i, c := range p.parts {
		amounts := map[string]any{"cpu": fmt.Sprintf("%dm", c.cpus)}
		for name, amount := range c.amounts {
			amounts[name] = fmt.Sprint(amount)
			if name == "memory" && amount%(1<<20) == 0 {
				amounts[name] = fmt.Sprintf("%dMi", amount>>20)
			}
		}
		resources := map[string]any{"limits": amounts} // requests follow from limits
		if !p.limited {
			resources = map[string]any{"requests": amounts}
			devices := map[string]any{}
			if amount, has := amounts["nvidia.com/gpu"]; has {
				devices["nvidia.com/gpu"] = amount
			}
			resources["limits"] = devices
		}
		container := map[string]any{"name": fmt.Sprintf("c%d", i), "image": "registry.local/app:1", "resources": resources}
		if c.keepsRun {
			container["restartPolicy"] = "Always"
		}
		if c.init {
			inits = append(inits, container)
		} else {
			containers = append(containers, container)
		}
	}
	return map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": p.name, "namespace": "default", "uid": p.uid,
		"creationTimestamp": fmt.Sprintf("2026-01-01T%02d:%02d:%02dZ", age/3600, age/60%60, age%60)},
		"spec":   map[string]any{"schedulerName": "numa-scheduler", "initContainers": inits, "containers": containers},
		"status": map[string]any{"phase": "Pending", "qosClass": "Burstable"}}
}

// needs are what one container has aligned.
func (p *testPod) needs(c part) map[string]int64 {
	needs := map[string]int64{}
	for name, amount := range c.amounts {
		if p.limited || name == "nvidia.com/gpu" {
			needs[name] = amount
		}
	}
	if p.limited && c.cpus%1000 == 0 {
		needs["cpu"] = c.cpus / 1000
	}
	return needs
}

// groups are what is aligned at once on a machine. Pods of this test have at most one init container, and one that ends is smaller
// than the first container, which takes over from it.
func (p *testPod) groups(scope string) []map[string]int64 {
	var groups []map[string]int64
	sum := map[string]int64{}
	for _, first := range []bool{true, false} { // init containers first
		for _, c := range p.parts {
			if c.init != first || c.init && !c.keepsRun {
				continue
			}
			needs := p.needs(c)
			for name, amount := range needs {
				sum[name] += amount
			}
			if len(needs) > 0 {
				groups = append(groups, needs)
			}
		}
	}
	if scope == "pod" && len(groups) > 0 {
		return []map[string]int64{sum}
	}
	return groups
}

func (m *machine) aligns() bool { return m.policy == "single-numa-node" || m.policy == "restricted" }

// zonesFor is the set of zones that the kubelet chooses: of the sets with as few zones as an empty machine would need, the lowest one with
// room for an even share in each, in whole pages; 0 if there is none, and whether there would be on an empty machine.
func (m *machine) zonesFor(needs map[string]int64) (set uint, share map[string]int64, possible bool) {
	fewest := 1
	if m.policy == "restricted" {
		for name, amount := range needs {
			least := len(m.capacity)
			for set := uint(1); set < 1<<len(m.capacity); set++ {
				sum := int64(0)
				for zone := range m.capacity {
					if set>>zone&1 == 1 {
						sum += m.capacity[zone][name]
					}
				}
				if sum >= amount && bits.OnesCount(set) < least {
					least = bits.OnesCount(set)
				}
			}
			if least > fewest {
				fewest = least
			}
		}
	}
	share = map[string]int64{}
	for name, amount := range needs {
		share[name] = (amount + int64(fewest) - 1) / int64(fewest)
		if name == "memory" || name == "hugepages-1Gi" {
			share[name] = (share[name] + 4095) / 4096 * 4096
		}
	}
	holds := func(zones []map[string]int64, set uint) bool {
		for zone := range zones {
			for name, amount := range share {
				if set>>zone&1 == 1 && zones[zone][name] < amount {
					return false
				}
			}
		}
		return bits.OnesCount(set) == fewest
	}
	for candidate := uint(1); candidate < 1<<len(m.capacity); candidate++ {
		possible = possible || holds(m.capacity, candidate)
		if set == 0 && holds(m.free, candidate) {
			set = candidate
		}
	}
	return set, share, possible
}

// admitted is what a pod has on a machine.
type admitted struct {
	machine *machine
	pod     *testPod
	sets    []uint
	shares  []map[string]int64
}

// admit takes zones for a pod; nil where the kubelet refuses it.
func (m *machine) admit(p *testPod) *admitted {
	a := &admitted{machine: m, pod: p}
	if m.aligns() {
		for _, needs := range p.groups(m.scope) {
			set, share, _ := m.zonesFor(needs)
			if set == 0 {
				a.change(1)
				return nil
			}
			a.sets, a.shares = append(a.sets, set), append(a.shares, share)
			a.changeGroup(len(a.sets)-1, -1)
		}
	}
	m.use(p, -1)
	return a
}

// evict gives back what a pod has.
func (a *admitted) evict() {
	a.change(1)
	a.machine.use(a.pod, 1)
}

func (a *admitted) change(sign int64) {
	for group := range a.sets {
		a.changeGroup(group, sign)
	}
}

func (a *admitted) changeGroup(group int, sign int64) {
	for zone := range a.machine.free {
		for name, amount := range a.shares[group] {
			if a.sets[group]>>zone&1 == 1 {
				a.machine.free[zone][name] += sign * amount
			}
		}
	}
}

// requests are a pod's in all, in thousandths of CPUs.
func (p *testPod) requests() map[string]int64 {
	sum := map[string]int64{}
	for _, c := range p.parts {
		if c.init && !c.keepsRun {
			continue
		}
		sum["cpu"] += c.cpus
		for name, amount := range c.amounts {
			sum[name] += amount
		}
	}
	return sum
}

func (m *machine) use(p *testPod, sign int64) {
	for name, amount := range p.requests() {
		m.total[name] += sign * amount
	}
}

// hasTotals is what the scheduler looks at by itself.
func (m *machine) hasTotals(p *testPod) bool {
	for name, amount := range p.requests() {
		if m.total[name] < amount {
			return false
		}
	}
	return true
}

func newMachine(name, policy, scope string, zones int, cpus, memory int64, gpus []int64) *machine {
	m := &machine{name: name, policy: policy, scope: scope, total: map[string]int64{}}
	for zone := 0; zone < zones; zone++ {
		amounts := map[string]int64{"cpu": cpus, "memory": memory, "hugepages-1Gi": 8 * gib}
		if zone < len(gpus) {
			amounts["nvidia.com/gpu"] = gpus[zone]
		} else {
			amounts["nvidia.com/gpu"] = 0
		}
		free := map[string]int64{}
		for resource, amount := range amounts {
			free[resource] = amount
			m.total[resource] += amount
		}
		m.capacity, m.free = append(m.capacity, amounts), append(m.free, free)
	}
	m.total["cpu"] *= 1000
	return m
}

// object is the machine in the shape of a NodeResourceTopology, with 700m CPUs per zone that no pod can have as a whole one.
func (m *machine) object() map[string]any {
	var zones []any
	for zone := range m.capacity {
		resources := []any{}
		for name, amount := range m.capacity[zone] {
			text := fmt.Sprint(amount)
			if name == "cpu" {
				text = fmt.Sprintf("%d700m", amount)
			}
			resources = append(resources, map[string]any{"name": name, "capacity": text, "allocatable": text,
				"available": fmt.Sprint(m.free[zone][name])})
		}
		zones = append(zones, map[string]any{"name": fmt.Sprintf("node-%d", zone), "type": "Node", "resources": resources,
			"costs": []any{map[string]any{"name": fmt.Sprintf("node-%d", zone), "value": 10}}})
	}
	return map[string]any{"apiVersion": "topology.node.k8s.io/v1alpha2", "kind": "NodeResourceTopology",
		"metadata": map[string]any{"name": m.name, "uid": m.name}, "zones": zones,
		"attributes": []any{map[string]any{"name": "topologyManagerPolicy", "value": m.policy},
			map[string]any{"name": "topologyManagerScope", "value": m.scope}}}
}

// newMachines are machines with 1, 2 and 8 zones, all combinations of policies and scopes, and two that align nothing.
func newMachines() []*machine {
	var all []*machine
	policies := []string{"single-numa-node", "restricted"}
	scopes := []string{"pod", "container"}
	for i := 0; i < 8; i++ {
		policy, scope := policies[i%2], scopes[i/2%2]
		all = append(all, newMachine(fmt.Sprintf("one-%02d", i), policy, scope, 1, 32, 128*gib, []int64{1}),
			newMachine(fmt.Sprintf("two-%02d", i), policy, scope, 2, 24, 96*gib, []int64{2, 1}),
			newMachine(fmt.Sprintf("eight-%02d", i), policy, scope, 8, 8, 32*gib, []int64{0, 1}))
	}
	return append(all, newMachine("plain-0", "none", "container", 2, 24, 96*gib, nil),
		newMachine("plain-1", "best-effort", "pod", 2, 24, 96*gib, nil))
}

// newTestPod draws a pod of one of the kinds that the kubelet treats differently.
func newTestPod(random *rand.Rand, number int) *testPod {
	p := &testPod{uid: fmt.Sprintf("%08d-0000-4000-8000-000000000000", number), name: fmt.Sprintf("pod-%d", number), limited: true}
	sizes := []int64{1, 2, 2, 3, 4, 4, 6, 8}
	draw := func() part {
		cpus := sizes[random.Intn(len(sizes))]
		return part{cpus: 1000 * cpus, amounts: map[string]int64{"memory": cpus * gib * int64(1+random.Intn(8))}}
	}
	p.parts = []part{draw()}
	switch random.Intn(10) {
	case 0: // not Guaranteed: nothing is aligned
		p.limited = false
	case 1: // not Guaranteed, with a device
		p.limited = false
		p.parts[0].amounts["nvidia.com/gpu"] = 1
	case 2: // Guaranteed, but without CPUs of its own
		p.parts[0].cpus += 500
	case 3:
		p.parts[0].amounts["hugepages-1Gi"] = gib * int64(1+random.Intn(4))
	case 4: // bytes that are no pages
		p.parts[0].amounts["memory"] = 1 + random.Int63n(16*gib)
	case 5: // more than a zone of some machines has
		cpus := int64(10 + 2*random.Intn(12))
		p.parts[0] = part{cpus: 1000 * cpus, amounts: map[string]int64{"memory": cpus * 3 * gib}}
	case 6: // two containers
		p.parts = append(p.parts, draw())
	case 7: // one that stays beside it, and one that ends before
		p.parts = append(p.parts, part{cpus: 1000, amounts: map[string]int64{"memory": gib}, init: true, keepsRun: true},
			part{cpus: 1000, amounts: map[string]int64{"memory": gib / 2}, init: true})
	}
	return p
}
