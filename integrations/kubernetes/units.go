package main

import (
	"math"
	"sort"
	"strings"
)

// The library counts in doubles that are exact to a millionth. CPUs and devices are whole; memory and hugepages are in millions of
// bytes, so that every byte counts.
//
// A request must have some CPUs and memory. What the kubelet does not align of them counts as a millionth, and every zone has that
// much more than a whole number of CPUs and of pages as all pods of a node can add up to.
const (
	page       = 4096
	million    = 1e6
	nothing    = 1e-6
	spareCPUs  = 0.5
	spareBytes = 2048
)

func isBytes(resource string) bool {
	return resource == "memory" || strings.HasPrefix(resource, "hugepages-")
}

// pages rounds bytes to pages, up or down.
func pages(bytes int64, up bool) int64 {
	rest := bytes % page
	if rest != 0 && up && bytes < math.MaxInt64-page {
		return bytes - rest + page
	}
	return bytes - rest
}

// unlimited stands for a resource that is not bound to the zones of a node: the scheduler looks at it for the node as a whole.
const unlimited = most

// resourcesOf are the resources of nodes: CPUs, memory, then all others by name.
func resourcesOf(nodes map[string]*node) []string {
	known := map[string]bool{"cpu": true, "memory": true}
	resources := []string{"cpu", "memory"}
	for _, n := range nodes {
		for _, zone := range n.capacity {
			for resource := range zone {
				if !known[resource] {
					resources = append(resources, resource)
				}
				known[resource] = true
			}
		}
	}
	sort.Strings(resources[2:])
	return resources
}

// request converts amounts for a node. Over several zones each gets an even share, in whole CPUs, pages and devices.
func (n *node) request(asked amounts, resources []string) request {
	r := request{n.span(asked), make([]float64, len(resources))}
	for i, resource := range resources {
		amount := asked[resource]
		if !n.reports(resource) {
			amount = 0
		}
		share := amount / int64(r.span)
		if amount%int64(r.span) != 0 {
			share++
		}
		value := float64(share)
		if isBytes(resource) {
			value = float64(pages(share, true)) / million
		}
		r.amounts[i] = math.Min(value*float64(r.span), most)
		if i < 2 && amount == 0 {
			r.amounts[i] = nothing * float64(r.span)
		}
	}
	return r
}

// zoneAmounts converts what the zones of a node have.
func (n *node) zoneAmounts(resources []string) []float64 {
	var all []float64
	for _, zone := range n.capacity {
		for _, resource := range resources {
			value := float64(zone[resource])
			if isBytes(resource) {
				value = float64(pages(zone[resource], false)) / million
			}
			switch {
			case !n.reports(resource):
				value = unlimited
			case resource == "cpu":
				value += spareCPUs
			case resource == "memory":
				value += spareBytes / million
			}
			all = append(all, math.Min(value, unlimited))
		}
	}
	return all
}

// whole converts an amount of the library back, rounded down to what can be had, or up to what is missing.
func whole(resource string, value float64, up bool) int64 {
	if isBytes(resource) {
		return pages(int64(math.Round(value*million)), up)
	}
	if up {
		return int64(math.Ceil(value - 0.001))
	}
	return int64(math.Floor(value + 0.001))
}
