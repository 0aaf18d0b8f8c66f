import SpaneScheduling
import SpaneTestSupport
import Testing

/// Departures come out in the order that sorting by (end, index) gives.
@Suite struct DepartureQueueTests {
    @Test(arguments: [1, 2, 3, 7, 64, 500])
    func comesOutSorted(count: Int) {
        var generator = Xoshiro256StarStar(seed: UInt64(count))
        // The fewer different ends, the more often the index decides.
        for ends in [1, 3, count, 1_000_000] {
            var queue = DepartureQueue(capacity: count)
            var entries: [(end: Double, vm: Int32)] = []
            var numbers = (0..<count).map { Int32($0) }
            numbers.shuffle(using: &generator)
            for vm in numbers {
                let end = Double(generator.below(ends)) / 8
                queue.insert(.init(end: end, vm: vm, action: Action(Int(vm) % 10)))
                entries.append((end, vm))
            }
            entries.sort { $0 < $1 }
            for expected in entries {
                #expect(queue.earliestEnd == expected.end)
                let first = queue.removeFirst()
                #expect(first.end == expected.end)
                #expect(first.vm == expected.vm)
                #expect(first.action == Action(Int(expected.vm) % 10))
            }
            #expect(queue.count == 0)
            #expect(queue.earliestEnd == .infinity)
        }
    }

    @Test func staysOrderedWhileEntriesComeAndGo() {
        var generator = Xoshiro256StarStar(seed: 1)
        var queue = DepartureQueue(capacity: 200)
        var model: [(end: Double, vm: Int32)] = []
        for vm in 0..<5000 {
            let isFull = model.count == 200
            if !isFull, model.isEmpty || generator.below(100) < 55 {
                let end = Double(generator.below(400))
                queue.insert(.init(end: end, vm: Int32(vm), action: Action(0)))
                model.append((end, Int32(vm)))
            } else {
                model.sort { $0 < $1 }
                let expected = model.removeFirst()
                let first = queue.removeFirst()
                #expect(first.end == expected.end)
                #expect(first.vm == expected.vm)
            }
            let (isOrdered, count) = (queue.isOrdered, queue.count)
            #expect(isOrdered)
            #expect(count == model.count)
        }
        queue.removeAll()
        #expect(queue.earliestEnd == .infinity)
    }

    @Test(arguments: [0, 1, 2, 7, 64, 500])
    func aServerLosesItsVMs(count: Int) {
        var generator = Xoshiro256StarStar(seed: UInt64(count), stream: 1)
        for servers in [1, 3, 50] {
            var queue = DepartureQueue(capacity: count)
            var entries: [(end: Double, vm: Int32, server: Int)] = []
            var numbers = (0..<count).map { Int32($0) }
            numbers.shuffle(using: &generator)
            for vm in numbers {
                let (end, server) = (Double(generator.below(40)), generator.below(servers))
                queue.insert(.init(end: end, vm: vm, placement: Placement(server: server, nodes: NodeSet(rawValue: 1))))
                entries.append((end, vm, server))
            }
            let gone = queue.remove(on: 0)
            #expect(gone.map(\.vm) == entries.filter { $0.server == 0 }.map(\.vm).sorted())
            #expect(gone.allSatisfy { $0.placement.server == 0 })
            #expect(queue.remove(on: 0).isEmpty)
            let isOrdered = queue.isOrdered
            #expect(isOrdered)
            for expected in entries.filter({ $0.server != 0 }).sorted(by: { ($0.end, $0.vm) < ($1.end, $1.vm) }) {
                let first = queue.removeFirst()
                #expect(first.vm == expected.vm)
                #expect(first.end == expected.end)
            }
            #expect(queue.count == 0)
        }
    }

    @Test func aCopyIsIndependent() {
        var queue = DepartureQueue(capacity: 4)
        queue.insert(.init(end: 2, vm: 0, action: Action(0)))
        var copy = queue.copy()
        copy.insert(.init(end: 1, vm: 1, action: Action(0)))
        #expect(queue.earliestEnd == 2)
        #expect(copy.earliestEnd == 1)
        _ = queue.removeFirst()
        #expect(copy.count == 2)
    }
}
