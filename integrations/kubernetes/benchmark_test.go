package main

import (
	"fmt"
	"math/rand"
	"syscall"
	"testing"
)

// BenchmarkDecision is a filter and a prioritize over loopback, with the names of all nodes, each with two zones and some pods. The time
// of the processor is that of both ends.
func BenchmarkDecision(b *testing.B) {
	for _, nodes := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(nodes), func(b *testing.B) {
			var machines []*machine
			names := make([]string, nodes)
			for i := range names {
				names[i] = fmt.Sprintf("worker-%05d", i)
				machines = append(machines, newMachine(names[i], "single-numa-node", "pod", 2, 24, 96*gib, nil))
			}
			s := newSite(b, machines)
			version, random := "", rand.New(rand.NewSource(1))
			for i := 0; i < 4*nodes; i++ {
				object := newTestPod(random, i).object(i % 86400)
				object["spec"].(map[string]any)["nodeName"] = names[random.Intn(nodes)]
				version = s.api.set(podsPath, object)
			}
			s.sync(podsPath, version)
			b.ResetTimer()
			before := processorTime()
			for i := 0; i < b.N; i++ {
				arguments := map[string]any{"Pod": newTestPod(random, 4*nodes+i).object(0), "NodeNames": names}
				var filtered extenderFilterResult
				s.ask("filter", arguments, &filtered)
				var priorities hostPriorityList
				arguments["NodeNames"] = *filtered.NodeNames
				s.ask("prioritize", arguments, &priorities)
			}
			b.ReportMetric((processorTime()-before)*1e3/float64(b.N), "cpu-ms/op")
		})
	}
}

func processorTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}
