package main

import (
	"math"
	"strings"
)

// amounts are whole numbers of CPUs, bytes of memory and hugepages, and devices, by the name of the resource.
type amounts map[string]int64

// The parts of a v1.Pod that matter here.
type pod struct {
	Metadata struct {
		Name, Namespace, UID, CreationTimestamp string
		Annotations                             map[string]string
	}
	Spec struct {
		NodeName                   string
		InitContainers, Containers []container
	}
	Status struct{ Phase string }

	parts map[string][]amounts // what aligned has found, by scope
}

type container struct {
	RestartPolicy string
	Resources     struct{ Requests, Limits map[string]quantity }
}

func (p *pod) name() string { return p.Metadata.Namespace + "/" + p.Metadata.Name }

// holdsResources is whether the pod is bound and has not ended.
func (p *pod) holdsResources() bool {
	return p.Spec.NodeName != "" && p.Status.Phase != "Succeeded" && p.Status.Phase != "Failed"
}

// requests are what a container asks for: what it names a limit alone for, it requests as much of.
func (c *container) requests() map[string]quantity {
	all := map[string]quantity{}
	for name, limit := range c.Resources.Limits {
		all[name] = limit
	}
	for name, request := range c.Resources.Requests {
		all[name] = request
	}
	return all
}

// isGuaranteed is whether the pod is of the class Guaranteed: of CPUs and memory, each container requests its limit.
func (p *pod) isGuaranteed() bool {
	for _, list := range [][]container{p.Spec.InitContainers, p.Spec.Containers} {
		for i := range list {
			requests := list[i].requests()
			for _, name := range []string{"cpu", "memory"} {
				limit, limited := list[i].Resources.Limits[name]
				request := requests[name]
				if !limited || limit.value.Sign() == 0 || request.value.Cmp(&limit.value) != 0 {
					return false
				}
			}
		}
	}
	return len(p.Spec.Containers) > 0
}

// aligned is what the managers of the kubelet align for one container: whole CPUs, memory and hugepages of Guaranteed pods, and
// devices of any.
func (c *container) aligned(guaranteed bool) amounts {
	all := amounts{}
	for name, request := range c.requests() {
		request := request
		switch {
		case request.value.Sign() == 0:
		case name == "cpu":
			if guaranteed && request.isWhole() {
				all[name] = request.floor()
			}
		case name == "memory" || strings.HasPrefix(name, "hugepages-"):
			if guaranteed {
				all[name] = request.ceil()
			}
		case strings.Contains(name, "/"):
			all[name] = request.ceil()
		}
	}
	return all
}

// add stops at the largest number, which is more than there is of anything.
func (a amounts) add(other amounts) {
	for name, amount := range other {
		if a[name] > math.MaxInt64-amount {
			amount = math.MaxInt64 - a[name]
		}
		a[name] += amount
	}
}

func (a amounts) raise(other amounts) {
	for name, amount := range other {
		if amount > a[name] {
			a[name] = amount
		}
	}
}

// aligned are the amounts that are aligned at once: of the whole pod with the scope "pod", else of each container. Init containers
// run one after another before the others, which then take over what they had; those that are restarted stay beside them. A pod is
// asked once for each scope, by whoever holds the lock of the mirror.
func (p *pod) aligned(scope string) []amounts {
	if parts, known := p.parts[scope]; known {
		return parts
	}
	guaranteed := p.isGuaranteed()
	var parts []amounts
	sidecars, whole, first := amounts{}, amounts{}, amounts{}
	for i := range p.Spec.InitContainers {
		init := &p.Spec.InitContainers[i]
		asked := init.aligned(guaranteed)
		if init.RestartPolicy == "Always" {
			parts = append(parts, asked)
			sidecars.add(asked)
			whole.raise(sidecars)
			continue
		}
		first.raise(asked)
		asked.add(sidecars)
		whole.raise(asked)
	}
	together := amounts{}
	together.add(sidecars)
	for i := range p.Spec.Containers {
		asked := p.Spec.Containers[i].aligned(guaranteed)
		together.add(asked)
		if i == 0 {
			asked.raise(first)
		}
		parts = append(parts, asked)
	}
	whole.raise(together)
	if scope == "pod" {
		parts = []amounts{whole}
	}
	some := parts[:0]
	for _, part := range parts {
		if len(part) > 0 {
			some = append(some, part)
		}
	}
	if p.parts == nil {
		p.parts = map[string][]amounts{}
	}
	p.parts[scope] = some
	return some
}
