/// A key of a section: what it is called, what it means, and where its value lives.
package struct Setting<Root> {
    package let name: String
    /// What it means, in one or two sentences.
    package let comment: String
    /// What is allowed, to follow "it must be".
    package let rule: String
    package let read: (inout Root, TOML) throws(Refusal) -> Void
    package let write: (Root) -> TOML
    /// The part of the value that makes another run when it is another one.
    package let identity: (Root) -> TOML?

    package init(
        name: String,
        comment: String,
        rule: String,
        read: @escaping (inout Root, TOML) throws(Refusal) -> Void,
        write: @escaping (Root) -> TOML,
        identity: ((Root) -> TOML?)? = nil
    ) {
        self.name = name
        self.comment = comment
        self.rule = rule
        self.read = read
        self.write = write
        self.identity = identity ?? write
    }

    /// The same key of a whole that has this section.
    package func lifted<Whole>(into section: String, _ path: WritableKeyPath<Whole, Root>) -> Setting<Whole> {
        lifted(into: section) {
            $0[keyPath: path]
        } set: {
            $0[keyPath: path] = $1
        }
    }

    package func lifted<Whole>(
        into section: String,
        get: @escaping (Whole) -> Root,
        set: @escaping (inout Whole, Root) -> Void
    ) -> Setting<Whole> {
        Setting<Whole>(
            name: "\(section).\(name)",
            comment: comment,
            rule: rule,
            read: { (whole, value) throws(Refusal) in
                var part = get(whole)
                try read(&part, value)
                set(&whole, part)
            },
            write: { write(get($0)) },
            identity: { identity(get($0)) }
        )
    }

    /// The same key of a value that says nothing where it is as before there was the key: runs from then are the same runs.
    package func unless(_ isDefault: @escaping (Root) -> Bool) -> Setting {
        Setting(name: name, comment: comment, rule: rule, read: read, write: write) { root in
            isDefault(root) ? nil : identity(root)
        }
    }

    /// The same key for a value that does not decide what comes out.
    package var excludedFromFingerprint: Setting {
        Setting(name: name, comment: comment, rule: rule, read: read, write: write, identity: { _ in nil })
    }
}

// MARK: Kinds of keys

extension Setting {
    /// A whole number.
    package static func integer(
        _ name: String,
        _ path: WritableKeyPath<Root, Int>,
        _ range: ClosedRange<Int>,
        isEven: Bool = false,
        _ comment: String
    ) -> Setting {
        let bounds = range.upperBound == .max ? "from \(range.lowerBound)" : "in \(range.text)"
        let rule = "\(isEven ? "an even" : "a whole") number \(bounds)"
        return Setting(
            name: name,
            comment: comment,
            rule: rule,
            read: { (root, value) throws(Refusal) in
                guard case .integer(let number) = value, range.contains(number),
                    !isEven || number.isMultiple(of: 2)
                else { throw Refusal(value: value, rule: rule) }
                root[keyPath: path] = number
            },
            write: { .integer($0[keyPath: path]) }
        )
    }

    /// Whole numbers.
    package static func integers(
        _ name: String,
        _ path: WritableKeyPath<Root, [Int]>,
        _ range: ClosedRange<Int>,
        mayBeEmpty: Bool = false,
        _ comment: String
    ) -> Setting {
        let rule = "a list of \(mayBeEmpty ? "any number of" : "one or more") whole numbers in \(range.text)"
        return Setting(
            name: name,
            comment: comment,
            rule: rule,
            read: { (root, value) throws(Refusal) in
                var numbers: [Int] = []
                guard case .list(let values) = value, mayBeEmpty || !values.isEmpty else {
                    throw Refusal(value: value, rule: rule)
                }
                for item in values {
                    guard case .integer(let number) = item, range.contains(number) else {
                        throw Refusal(value: value, rule: rule)
                    }
                    numbers.append(number)
                }
                root[keyPath: path] = numbers
            },
            write: { .list($0[keyPath: path].map { .integer($0) }) }
        )
    }

    /// A number; whole ones may be written without a point.
    package static func number(
        _ name: String,
        _ path: WritableKeyPath<Root, Double>,
        _ bounds: NumberBounds,
        _ comment: String
    ) -> Setting {
        Setting(
            name: name,
            comment: comment,
            rule: bounds.rule,
            read: { (root, value) throws(Refusal) in
                let number: Double
                switch value {
                case .integer(let integer): number = Double(integer)
                case .number(let double): number = double
                default: throw Refusal(value: value, rule: bounds.rule)
                }
                guard bounds.contains(number) else { throw Refusal(value: value, rule: bounds.rule) }
                root[keyPath: path] = number
            },
            write: { .number($0[keyPath: path]) }
        )
    }

    /// True or false.
    package static func flag(_ name: String, _ path: WritableKeyPath<Root, Bool>, _ comment: String) -> Setting {
        let rule = "true or false"
        return Setting(
            name: name,
            comment: comment,
            rule: rule,
            read: { (root, value) throws(Refusal) in
                guard case .flag(let flag) = value else { throw Refusal(value: value, rule: rule) }
                root[keyPath: path] = flag
            },
            write: { .flag($0[keyPath: path]) }
        )
    }

    /// The rule of a text that may be any.
    package static var anyText: String { "a text" }

    /// A text of which `accepts` approves.
    package static func text(
        _ name: String,
        _ path: WritableKeyPath<Root, String>,
        _ comment: String,
        rule: String = anyText,
        accepts: @escaping (String) -> Bool = { _ in true }
    ) -> Setting {
        Setting(
            name: name,
            comment: comment,
            rule: rule,
            read: { (root, value) throws(Refusal) in
                guard case .text(let text) = value, accepts(text) else { throw Refusal(value: value, rule: rule) }
                root[keyPath: path] = text
            },
            write: { .text($0[keyPath: path]) }
        )
    }

    /// The name of a file, known by its content, so that it may be moved; empty for none.
    package static func file(_ name: String, _ path: WritableKeyPath<Root, String>, _ comment: String) -> Setting {
        let key = Setting.text(name, path, comment)
        return Setting(name: name, comment: comment, rule: key.rule, read: key.read, write: key.write) { root in
            root[keyPath: path].isEmpty ? nil : .text("a file, known by its content")
        }
    }

    /// One of the names of an enumeration.
    package static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ path: WritableKeyPath<Root, Choice>,
        _ comment: String
    ) -> Setting where Choice.RawValue == String {
        let rule = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        return Setting(
            name: name,
            comment: comment,
            rule: rule,
            read: { (root, value) throws(Refusal) in
                guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
                    throw Refusal(value: value, rule: rule)
                }
                root[keyPath: path] = choice
            },
            write: { .text($0[keyPath: path].rawValue) }
        )
    }
}

/// The numbers that a key takes.
package struct NumberBounds: Sendable {
    package let rule: String
    private let lowest: Double
    private let isOpen: Bool
    private let highest: Double

    /// `range`, both ends included.
    package static func within(_ range: ClosedRange<Double>) -> NumberBounds {
        NumberBounds(
            rule: "a number in \(plain(range.lowerBound)) ... \(plain(range.upperBound))",
            lowest: range.lowerBound,
            isOpen: false,
            highest: range.upperBound
        )
    }

    /// Above zero and at most `highest`.
    package static func positive(upTo highest: Double) -> NumberBounds {
        NumberBounds(rule: "a number above 0 and at most \(plain(highest))", lowest: 0, isOpen: true, highest: highest)
    }

    /// A whole number without a point.
    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    package func contains(_ number: Double) -> Bool {
        (isOpen ? number > lowest : number >= lowest) && number <= highest
    }
}

extension ClosedRange<Int> {
    fileprivate var text: String { "\(lowerBound) ... \(upperBound)" }
}
