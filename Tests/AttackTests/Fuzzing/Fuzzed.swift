import Foundation
import Testing

/// Something that reads bytes from outside. It may refuse them; it may not end the process, nor take more than its time.
struct Fuzzed: Sendable, CustomTestStringConvertible {
    let name: String
    let samples: [[UInt8]]
    /// Whether it took them.
    let parse: @Sendable ([UInt8]) -> Bool

    init(_ name: String, _ samples: [String], _ parse: @escaping @Sendable ([UInt8]) -> Bool) {
        self.init(name, bytes: samples.map { Array($0.utf8) }, parse)
    }

    init(_ name: String, bytes samples: [[UInt8]], _ parse: @escaping @Sendable ([UInt8]) -> Bool) {
        (self.name, self.samples, self.parse) = (name, samples, parse)
    }

    var testDescription: String { name }

    /// `PALESTRA_FUZZ_SECONDS` and `PALESTRA_FUZZ_SEED` in the environment make a longer or another run.
    func run() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["PALESTRA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 4
        let end = environment["PALESTRA_FUZZ_SECONDS"].flatMap(Double.init).map { ContinuousClock.now + .seconds($0) }
        for sample in samples {
            #expect(parse(sample), "\(name) refuses its own sample \(String(decoding: sample.prefix(200), as: UTF8.self))")
        }
        var (mutator, taken, tried) = (Mutator(samples, seed: seed), 0, 0)
        while end.map({ ContinuousClock.now < $0 }) ?? (tried < 1500) {
            let input = mutator.next()
            let begin = ContinuousClock.now
            if parse(input) { taken += 1 }
            tried += 1
            #expect(ContinuousClock.now - begin < .seconds(20), "\(name), seed \(seed), input \(tried) of \(input.count) bytes")
        }
        // Were all refused, nothing behind the first check would have been reached.
        #expect(taken > 0 && taken < tried, "\(name) took \(taken) of \(tried)")
        if end != nil { print("fuzzed \(name): \(tried) inputs, \(taken) taken, seed \(seed)") }
    }

    /// Sixteen times the input may take not much more than sixteen times as long.
    func grows(_ piece: String, head: String = "", tail: String = "") {
        func time(_ count: Int) -> Duration {
            let input = Array((head + String(repeating: piece, count: count / max(1, piece.utf8.count)) + tail).utf8)
            return (0..<3).map { _ in ContinuousClock().measure { _ = parse(input) } }.min() ?? .zero
        }
        let (small, large) = (time(4000), time(64_000))
        #expect(large < max(small * 16 * 5, .milliseconds(400)), "\(name) with \(piece.debugDescription): \(small), then \(large)")
    }
}
