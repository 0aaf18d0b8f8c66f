internal import SpaneScheduling

// How the parts of states are written as words. The layouts are in `docs/file-formats.md`.

extension ByteWriter {
    mutating func put(hash: String) {
        let digits = Array(hash.utf8)
        for word in 0..<4 {
            var value: UInt64 = 0
            for index in 16 * word..<16 * (word + 1) where index < digits.count {
                value = value << 4 | UInt64(digits[index] <= 0x39 ? digits[index] &- 0x30 : digits[index] &- 0x57) & 15
            }
            put(value)
        }
    }

    mutating func put(_ reward: Reward) {
        switch reward {
        case .logWait:
            put(0)
            put(0.0)
        case .balance(let weight):
            put(1)
            put(weight)
        }
    }

    mutating func put(_ moves: MoveLimits) {
        put(moves.moves)
        put(moves.budget)
        put(moves.isExact ? 1 : 0)
        put(moves.prices.move)
        put(moves.prices.local)
        put(moves.secondsPerGB)
    }

    /// - Parameter hasMoves: whether the environment may move VMs.
    mutating func put(_ snapshot: Environment.Snapshot, hasMoves: Bool) {
        switch snapshot.end {
        case .length(let length):
            put(0)
            put(length)
        case .exceed(let limit):
            put(1)
            put(limit)
        case .automatic:
            preconditionFailure("an automatic length is a number in an episode under way")
        }
        put(snapshot.head)
        put(snapshot.clock)
        put(snapshot.placedCount)
        put(snapshot.placedSinceExceeding)
        put(snapshot.totalWait)
        put(snapshot.balance)
        put(snapshot.isFinished ? 1 : 0)
        if hasMoves {
            put(snapshot.moved.moves)
            put(snapshot.moved.mem)
            put(snapshot.moved.localMem)
        }
        put(snapshot.running.count)
        for vm in snapshot.running {
            put(vm.end)
            put(vm.vm)
            put(UInt64(vm.placement.rawValue))
        }
    }
}

extension ByteReader {
    mutating func hash() throws(StorageError) -> String {
        var hash = ""
        for _ in 0..<4 {
            let digits = String(try word(), radix: 16)
            hash += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash
    }

    mutating func reward() throws(StorageError) -> Reward {
        let kind = try word()
        let weight = try double()
        guard kind <= 1, weight.isFinite else { throw error("has a reward that this library does not know") }
        return kind == 0 ? .logWait : .balance(weight: weight)
    }

    mutating func moveLimits() throws(StorageError) -> MoveLimits {
        let (moves, budget, isExact) = (try integer(), try integer(), try word() != 0)
        let (move, local, secondsPerGB) = (try double(), try double(), try double())
        return MoveLimits(
            moves: moves,
            budget: budget,
            isExact: isExact,
            prices: MovePrices(move: move, local: local),
            secondsPerGB: secondsPerGB
        )
    }

    /// - Parameter hasMoves: whether the environment may move VMs.
    mutating func snapshot(hasMoves: Bool) throws(StorageError) -> Environment.Snapshot {
        let kind = try word()
        let number = try integer()
        guard kind <= 1 else { throw error("has an end of the episode that this library does not know") }
        var snapshot = Environment.Snapshot(
            end: kind == 0 ? .length(number) : .exceed(number),
            head: try integer(),
            clock: try double(),
            placedCount: try integer(),
            placedSinceExceeding: try integer(),
            totalWait: try double(),
            balance: try double(),
            isFinished: try word() != 0,
            running: []
        )
        if hasMoves {
            (snapshot.moved.moves, snapshot.moved.mem) = (try integer(), try double())
            snapshot.moved.localMem = try double()
        }
        let count = try count(of: "running VMs", words: 3)
        for _ in 0..<count {
            let (end, vm) = (try double(), try integer())
            let bits = try word()
            guard let placement = UInt32(exactly: bits) else { throw error("has a VM at placement \(bits)") }
            snapshot.running.append(.init(end: end, vm: vm, placement: Placement(rawValue: placement)))
        }
        return snapshot
    }

    func checkIsAtEnd() throws(StorageError) {
        guard remaining == 0 else { throw error("goes on for \(remaining) words too many") }
    }
}
