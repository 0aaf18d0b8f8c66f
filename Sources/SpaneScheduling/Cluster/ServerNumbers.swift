/// The numbers by which the outside knows servers, which never change, and the places where they stand, which have no gaps.
///
/// A server that is added gets the lowest number that no server has, so that the numbers to come depend on those in use alone
/// and not on what came and went before.
struct ServerNumbers: Sendable {
    // Empty as long as every server stands in the place of its number.
    private var places: [Int32] = []
    private var numbers: [Int32] = []
    private var unused = NumberHeap()
    private(set) var count = 0

    /// The numbers that were ever given, 0 ..< this.
    private(set) var limit = 0

    /// Another number after each change, so that who keeps places knows whether they are still those of the same numbers.
    private(set) var revision: UInt64 = 0

    /// The bytes that it occupies.
    var bytes: Int { (places.capacity + numbers.capacity + unused.capacity) * MemoryLayout<Int32>.stride }

    /// Whether number and place are the same for every server.
    var areIdentical: Bool { places.isEmpty }

    /// The place of a server, or `nil` when there is no server with this number.
    @inline(__always)
    func place(of number: Int) -> Int? {
        guard number >= 0, number < limit else { return nil }
        if areIdentical { return number }
        let place = places[number]
        return place < 0 ? nil : Int(place)
    }

    /// The number of the server in a place.
    @inline(__always)
    func number(at place: Int) -> Int {
        precondition(place >= 0 && place < count, "place is \(place); there are \(count) servers")
        return areIdentical ? place : Int(numbers[place])
    }

    /// Gives numbers to servers that are added behind the others.
    mutating func append(_ added: Int) -> [Int] {
        revision += 1
        if areIdentical {
            defer { (count, limit) = (count + added, limit + added) }
            return Array(limit..<limit + added)
        }
        return (0..<added).map { _ in
            let number = unused.removeLowest() ?? Int32(truncatingIfNeeded: limit)
            if Int(number) == limit {
                limit += 1
                places.append(-1)
            }
            places[Int(number)] = Int32(truncatingIfNeeded: count)
            numbers.append(number)
            count += 1
            return Int(number)
        }
    }

    /// Takes the number of the server in a place away; the last server stands there now.
    ///
    /// - Complexity: O(log removed), O(servers) for the first one.
    mutating func remove(at place: Int) {
        revision += 1
        if areIdentical {
            places = (0..<count).map { Int32(truncatingIfNeeded: $0) }
            numbers = places
        }
        let number = numbers[place]
        let last = numbers[count - 1]
        numbers[place] = last
        places[Int(last)] = Int32(truncatingIfNeeded: place)
        places[Int(number)] = -1
        numbers.removeLast()
        unused.insert(number)
        count -= 1
    }
}

extension ServerNumbers {
    /// Gives the servers other numbers, in the order of their places.
    ///
    /// - Throws: `invalidArgument` when a number is negative, too large or given twice.
    mutating func restore(_ given: [Int]) throws(SchedulingError) {
        guard given != Array(0..<given.count) else { return }
        let largest = min(given.max() ?? -1, 2 * Fleet.maximumServers - 1)
        var places = Array(repeating: Int32(-1), count: max(largest, -1) + 1)
        for (place, number) in given.enumerated() {
            guard number >= 0, number < places.count, places[number] < 0 else {
                throw SchedulingError(
                    .invalidArgument,
                    "a server has the number \(number), which is taken or too large"
                )
            }
            places[number] = Int32(truncatingIfNeeded: place)
        }
        revision += 1
        self.places = places
        self.limit = places.count
        numbers = given.map { Int32(truncatingIfNeeded: $0) }
        unused = NumberHeap(ascending: places.indices.filter { places[$0] < 0 }.map { Int32(truncatingIfNeeded: $0) })
    }
}
