import Foundation

/// A ZIP archive that is written from front to back: every entry as it is, not compressed. Pure.
///
/// The format of 1989 and no extension of it: at most 65,535 entries and 4 GiB, which is far beyond what is put together in memory.
struct ZIPArchive: Sendable {
    enum Failure: Error { case tooLarge }

    private var body = Data()
    private var directory = Data()
    private var entries = 0
    private let stamp: (time: UInt16, date: UInt16)

    /// - Parameter date: Of every entry, in UTC and to two seconds.
    init(date: Date) { stamp = Self.stamp(date) }

    /// In bytes, so far.
    var count: Int { body.count + directory.count }
    var isEmpty: Bool { entries == 0 }

    /// - Parameter name: With `/` between folders, in UTF-8.
    /// - Throws: ``Failure`` when the format has no numbers for so much.
    mutating func add(_ name: String, _ bytes: Data) throws {
        let path = Data(name.utf8)
        guard let offset = UInt32(exactly: body.count), let size = UInt32(exactly: bytes.count), let length = UInt16(exactly: path.count),
            entries < Int(UInt16.max)
        else { throw Failure.tooLarge }
        var described = Data()
        // Version 2.0, names in UTF-8, stored.
        for number: UInt16 in [20, 0x0800, 0, stamp.time, stamp.date] { described.append(littleEndian: number) }
        for number in [CRC32.of(bytes), size, size] { described.append(littleEndian: number) }
        for number in [length, 0] { described.append(littleEndian: number) }

        body.append(littleEndian: UInt32(0x0403_4B50))
        body.append(described)
        body.append(path)
        body.append(bytes)

        directory.append(littleEndian: UInt32(0x0201_4B50))
        // Made as on Unix: a regular file that its owner alone may read and write.
        directory.append(littleEndian: UInt16(0x0314))
        directory.append(described)
        for number: UInt16 in [0, 0, 0] { directory.append(littleEndian: number) }
        directory.append(littleEndian: UInt32(0o100600) << 16)
        directory.append(littleEndian: offset)
        directory.append(path)
        entries += 1
    }

    /// The whole archive.
    ///
    /// - Throws: ``Failure`` when the format has no numbers for so much.
    func finished() throws -> Data {
        guard let start = UInt32(exactly: body.count), let size = UInt32(exactly: directory.count), let entries = UInt16(exactly: entries)
        else { throw Failure.tooLarge }
        var whole = body
        whole.append(directory)
        whole.append(littleEndian: UInt32(0x0605_4B50))
        for number: UInt16 in [0, 0, entries, entries] { whole.append(littleEndian: number) }
        for number in [size, start] { whole.append(littleEndian: number) }
        whole.append(littleEndian: UInt16(0))
        return whole
    }

    /// As MS-DOS counted: from 1980 on, in steps of two seconds.
    private static func stamp(_ date: Date) -> (time: UInt16, date: UInt16) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let year = min(max((parts.year ?? 1980) - 1980, 0), 127)
        return (
            UInt16((parts.hour ?? 0) << 11 | (parts.minute ?? 0) << 5 | (parts.second ?? 0) / 2),
            UInt16(year << 9 | (parts.month ?? 1) << 5 | (parts.day ?? 1))
        )
    }
}

/// The checksum that ZIP and PNG have in common.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }

    static func of(_ bytes: Data) -> UInt32 {
        bytes.withUnsafeBytes { buffer in
            table.withUnsafeBufferPointer { table in
                ~buffer.reduce(UInt32.max) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
            }
        }
    }
}

extension Data {
    fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
