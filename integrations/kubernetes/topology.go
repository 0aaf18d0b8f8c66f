package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// The parts of a NodeResourceTopology (topology.node.k8s.io/v1alpha2) that matter here.
type topology struct {
	Metadata         struct{ Name string }
	TopologyPolicies []string
	Attributes       []struct{ Name, Value string }
	Zones            []struct {
		Name, Type string
		Resources  []struct {
			Name                             string
			Capacity, Allocatable, Available quantity
		}
	}
}

// node is a machine whose kubelet aligns pods to NUMA zones.
type node struct {
	name       string
	single     bool            // single-numa-node; else restricted
	scope      string          // "pod" or "container"
	ids        []int           // of its zones, as the machine numbers them, ascending
	capacity   []amounts       // what each zone has for pods
	reported   map[string]bool // resources that some zone has
	available  []amounts       // what the node's agent last said is left
	server     int32           // its number in the cluster
	mismatches int             // amounts in which `available` differed from the mirror when it came
}

const maxZones = 8

// deprecated are the values of topologyPolicies, from before there were attributes.
var deprecated = map[string][2]string{
	"SingleNUMANodePodLevel":       {"single-numa-node", "pod"},
	"SingleNUMANodeContainerLevel": {"single-numa-node", "container"},
	"Restricted":                   {"restricted", "container"},
	"RestrictedPodLevel":           {"restricted", "pod"},
	"RestrictedContainerLevel":     {"restricted", "container"},
}

// node is nil where the kubelet aligns nothing: with the policies "none" and "best-effort" it admits pods wherever there is room.
func (t *topology) node() (*node, error) {
	policy, scope := "none", "container"
	if len(t.TopologyPolicies) > 0 {
		if old, known := deprecated[t.TopologyPolicies[0]]; known {
			policy, scope = old[0], old[1]
		}
	}
	for _, attribute := range t.Attributes {
		switch attribute.Name {
		case "topologyManagerPolicy":
			policy = attribute.Value
		case "topologyManagerScope":
			scope = attribute.Value
		}
	}
	if t.Metadata.Name == "" {
		return nil, fmt.Errorf("a NodeResourceTopology has no metadata.name")
	}
	if policy != "single-numa-node" && policy != "restricted" {
		return nil, nil
	}
	if scope != "pod" && scope != "container" {
		return nil, fmt.Errorf("node %s: topologyManagerScope is %q; it must be pod or container", t.Metadata.Name, scope)
	}
	n := &node{name: t.Metadata.Name, single: policy == "single-numa-node", scope: scope, reported: map[string]bool{}}
	zones := map[int]int{}
	for i := range t.Zones {
		if t.Zones[i].Type != "Node" {
			continue
		}
		id, err := strconv.Atoi(strings.TrimPrefix(t.Zones[i].Name, "node-"))
		if _, twice := zones[id]; err != nil || id < 0 || twice {
			return nil, fmt.Errorf("node %s: zone %q is not node-N with a number of its own", n.name, t.Zones[i].Name)
		}
		zones[id] = i
		n.ids = append(n.ids, id)
	}
	if len(n.ids) == 0 || len(n.ids) > maxZones {
		return nil, fmt.Errorf("node %s has %d zones of the type Node; there must be 1 ... %d", n.name, len(n.ids), maxZones)
	}
	sort.Ints(n.ids)
	for _, id := range n.ids {
		capacity, available := amounts{}, amounts{}
		for _, resource := range t.Zones[zones[id]].Resources {
			capacity[resource.Name] = resource.Allocatable.floor()
			n.reported[resource.Name] = true
			available[resource.Name] = resource.Available.floor()
		}
		n.capacity = append(n.capacity, capacity)
		n.available = append(n.available, available)
	}
	return n, nil
}

// reports is whether a zone of the node has the resource; where none has, it is not bound to zones there.
func (n *node) reports(resource string) bool { return n.reported[resource] }

// span is over how many zones the kubelet puts the amounts: one, or with the policy "restricted" the fewest whose capacities can
// hold each of them.
func (n *node) span(asked amounts) int {
	most := 1
	for resource, amount := range asked {
		if n.single || !n.reports(resource) {
			continue
		}
		var zones []int64
		for _, zone := range n.capacity {
			zones = append(zones, zone[resource])
		}
		sort.Slice(zones, func(i, j int) bool { return zones[i] > zones[j] })
		count, missing := 0, amount
		for ; count < len(zones) && missing > 0; count++ {
			missing -= zones[count]
		}
		if count > most {
			most = count
		}
	}
	return most
}

// readObjects reads what is in a JSON file, or in all files *.json of a folder: an object, or a list of them.
func readObjects(path string) ([]json.RawMessage, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.json")); err != nil {
			return nil, err
		}
	}
	var objects []json.RawMessage
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var list struct{ Items *[]json.RawMessage }
		if err := json.Unmarshal(data, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if list.Items != nil {
			objects = append(objects, *list.Items...)
		} else {
			objects = append(objects, data)
		}
	}
	return objects, nil
}
