package main

import (
	"fmt"
	"math/rand"
	"sort"
	"sync"
	"testing"
)

// decide does what a scheduler does with a pod: it looks at totals, filters, prioritizes and takes the best node, or "" if there is none.
// At times it takes another one, as other scores than the extender's may outweigh it. With asObjects the nodes are sent as they are
// with nodeCacheCapable: false.
func (s *site) decide(p *testPod, object map[string]any, asObjects bool, random *rand.Rand) string {
	names := []string{}
	for _, m := range s.machines {
		if m.hasTotals(p) {
			names = append(names, m.name)
		}
	}
	arguments := func(names []string) map[string]any {
		if !asObjects {
			return map[string]any{"Pod": object, "Nodes": nil, "NodeNames": names}
		}
		var items []any
		for _, name := range names {
			items = append(items, map[string]any{"metadata": map[string]any{"name": name, "labels": map[string]string{"zone": "a"}}})
		}
		return map[string]any{"Pod": object, "Nodes": map[string]any{"metadata": map[string]any{}, "items": items}, "NodeNames": nil}
	}
	var filtered extenderFilterResult
	s.ask("filter", arguments(names), &filtered)
	fitting := s.checkFiltered(p, names, filtered, asObjects)
	if len(fitting) == 0 {
		return ""
	}
	var priorities hostPriorityList
	s.ask("prioritize", arguments(fitting), &priorities)
	best := s.checkPriorities(p, fitting, priorities)
	if random.Intn(4) == 0 {
		return fitting[random.Intn(len(fitting))]
	}
	return best
}

// checkFiltered checks that just those nodes are left that the book has room on, and that all others come with a reason; "unresolvable"
// where even an empty machine would be too small. It returns those that are left.
func (s *site) checkFiltered(p *testPod, names []string, filtered extenderFilterResult, asObjects bool) []string {
	s.t.Helper()
	fitting := []string{}
	if asObjects {
		for _, item := range filtered.Nodes.Items {
			if metadata(item)["labels"] == nil {
				s.t.Error("a node has lost its labels")
			}
			fitting = append(fitting, metadata(item)["name"].(string))
		}
	} else {
		fitting = append(fitting, *filtered.NodeNames...)
	}
	left := map[string]bool{}
	for _, name := range fitting {
		left[name] = true
	}
	if (filtered.Nodes == nil) != !asObjects || (filtered.NodeNames == nil) != asObjects || filtered.Error != "" {
		s.t.Errorf("pod %s: the answer is not in kind: %+v", p.name, filtered)
	}
	for _, name := range names {
		m := s.machine(name)
		fits, possible := true, true
		if m.aligns() {
			trial := m.admit(p)
			if fits = trial != nil; fits {
				trial.evict()
			}
			if groups := p.groups(m.scope); len(groups) == 1 {
				_, _, possible = m.zonesFor(groups[0])
			}
		}
		failed, unresolvable := filtered.FailedNodes[name], filtered.FailedAndUnresolvableNodes[name]
		if left[name] != fits || (failed != "" || unresolvable != "") == fits || !possible && unresolvable == "" {
			s.t.Errorf("pod %s %+v on node %s: fits %v, possible %v; filtered: %v, %q, %q", p.name, p.parts, name, fits, possible, left[name],
				failed, unresolvable)
		}
	}
	return fitting
}

// checkPriorities checks the scores: the best nodes, at most ten, have 10, 9, 8 and so on. It returns the best one.
func (s *site) checkPriorities(p *testPod, fitting []string, priorities hostPriorityList) string {
	s.t.Helper()
	scores, best := []int64{}, ""
	highest := int64(-1)
	for i, priority := range priorities {
		if priority.Host != fitting[i] {
			s.t.Errorf("pod %s: priority %d is of %s, not %s", p.name, i, priority.Host, fitting[i])
		}
		if priority.Score > 0 {
			scores = append(scores, priority.Score)
		}
		if priority.Score > highest {
			highest, best = priority.Score, priority.Host
		}
	}
	sort.Slice(scores, func(i, j int) bool { return scores[i] > scores[j] })
	ranked := 0
	for _, name := range fitting {
		if m := s.machine(name); m.aligns() && len(p.groups(m.scope)) > 0 {
			ranked++
		}
	}
	for i, score := range scores {
		if score != int64(maxScore-i) {
			s.t.Errorf("pod %s: scores %v", p.name, scores)
		}
	}
	if want := ranked; len(scores) != want && !(want > maxScore && len(scores) == maxScore) {
		s.t.Errorf("pod %s: %d of %d nodes are ranked", p.name, len(scores), ranked)
	}
	return best
}

// add makes a pod that the API server knows.
func (s *site) add(p *testPod, age int) map[string]any {
	object := p.object(age)
	s.api.mutex.Lock()
	s.pods[p.uid] = p
	s.api.mutex.Unlock()
	s.api.set(podsPath, object)
	return object
}

func (s *site) bind(p *testPod, node string) string {
	var result extenderBindingResult
	s.ask("bind", map[string]string{"PodName": p.name, "PodNamespace": "default", "PodUID": p.uid, "Node": node}, &result)
	return result.Error
}

// Pods come and go; after each step the mirror is what the book has. The extender is started anew in between.
func TestMirrorFollowsTheKubelets(t *testing.T) {
	random := rand.New(rand.NewSource(20260101))
	s := newSite(t, newMachines())
	var decisions, differences, placed, turnedAway, removed int
	steps := 640
	for step := 0; step < steps; step++ {
		if step == steps/2 || step == steps*3/4 {
			s.stop()
			s.start()
		}
		if len(s.running) > 0 && random.Float64() < 0.3 {
			uids := []string{}
			for uid := range s.running {
				uids = append(uids, uid)
			}
			sort.Strings(uids)
			s.remove(uids[random.Intn(len(uids))])
			removed++
		} else {
			p := newTestPod(random, step)
			object := s.add(p, step)
			node := s.decide(p, object, step%2 == 0, random)
			decisions++
			if node == "" {
				turnedAway++
				s.remove(p.uid)
			} else if why := s.bind(p, node); why != "" {
				t.Errorf("pod %s is not bound to %s: %s", p.name, node, why)
			} else {
				placed++
			}
		}
		differences += s.differences()
		if t.Failed() {
			t.Fatalf("after step %d", step)
		}
	}
	if turnedAway == 0 || s.refused != 0 {
		t.Errorf("%d pods were turned away, and kubelets refused %d", turnedAway, s.refused)
	}
	fmt.Printf("kubernetes: %d nodes, %d pods placed, %d turned away, %d removed\n", len(s.machines), placed, turnedAway, removed)
	fmt.Printf("kubernetes: %d decisions, %d differences, %.2f ms a decision (filter and prioritize over HTTP), %.2f ms of the processor\n",
		decisions, differences, float64(s.asked.Load())/1e6/float64(decisions), float64(s.worked.Load())/1e6/float64(decisions))
}

// Several schedulers at once do not see each other's pods until these are bound: a binding for which there is no room any more is
// refused, and no zone is overcommitted.
func TestSchedulersAtOnce(t *testing.T) {
	machines := []*machine{newMachine("two", "single-numa-node", "container", 2, 24, 96*gib, nil),
		newMachine("eight", "restricted", "pod", 8, 8, 32*gib, nil), newMachine("one", "single-numa-node", "pod", 1, 32, 128*gib, nil)}
	s := newSite(t, machines)
	var everyone sync.WaitGroup
	var mutex sync.Mutex
	bound, again := 0, 0
	for worker := 0; worker < 6; worker++ {
		everyone.Add(1)
		go func(worker int) {
			defer everyone.Done()
			random := rand.New(rand.NewSource(int64(worker)))
			for i := 0; i < 12; i++ {
				p := newTestPod(random, 100*worker+i)
				object := s.add(p, 100*worker+i)
				for tries := 0; tries < 20; tries++ {
					var filtered extenderFilterResult
					s.ask("filter", map[string]any{"Pod": object, "NodeNames": []string{"eight", "one", "two"}}, &filtered)
					if len(*filtered.NodeNames) == 0 {
						break
					}
					names := *filtered.NodeNames
					why := s.bind(p, names[random.Intn(len(names))])
					mutex.Lock()
					if why == "" {
						bound++
					} else {
						again++
					}
					mutex.Unlock()
					if why == "" {
						break
					}
				}
			}
		}(worker)
	}
	everyone.Wait()
	if s.differences() > 0 || s.refused > 0 || bound != len(s.running) || bound < 20 {
		t.Errorf("%d pods bound, %d running, %d refused by kubelets", bound, len(s.running), s.refused)
	}
	fmt.Printf("kubernetes: 6 schedulers at once: %d pods bound, %d bindings refused, 0 zones overcommitted\n", bound, again)
}
