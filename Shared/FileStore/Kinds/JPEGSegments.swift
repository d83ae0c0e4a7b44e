/// A JPEG image, segment by segment. Pure.
///
/// What is needed to show it stays: tables, frames, scans, the colour profile, Adobe's colour transform. All else goes: EXIF with places and
/// serial numbers, XMP, IPTC, comments, thumbnails, and what hangs behind the end, where telephones keep whole films. Of EXIF the orientation
/// is written anew.
///
/// Source: ITU-T T.81, annex B.
enum JPEGSegments {
    static let beginning: [UInt8] = [0xFF, 0xD8, 0xFF]

    private static let endOfImage: UInt8 = 0xD9
    private static let startOfScan: UInt8 = 0xDA

    /// Nil for what is no whole image.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        let reader = ByteReader(bytes: bytes)
        guard bytes.starts(with: beginning) else { return nil }
        var image: [UInt8] = [0xFF, 0xD8]
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var (at, orientation, hasFrame, hasScan) = (2, UInt8(1), false, false)
        while true {
            guard let marker = marker(reader, &at) else { return nil }
            if marker == endOfImage {
                guard hasFrame, hasScan else { return nil }
                if orientation > 1 { image += exif(orientation) }
                return image + kept + [0xFF, endOfImage]
            }
            // Markers without a segment have their place within scans only.
            guard marker >= 0xC0, !(0xD0...0xD8).contains(marker), let length = reader.number(at, bytes: 2), length >= 2,
                let segment = reader.slice(at, length)
            else { return nil }
            let content = segment.dropFirst(2)
            at += length
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard isFrame(content) else { return nil }
                hasFrame = true
                kept += [0xFF, marker] + segment
            case startOfScan:
                guard hasFrame, let end = endOfScan(bytes, from: at) else { return nil }
                hasScan = true
                kept += [0xFF, marker] + segment + bytes[at..<end]
                at = end
            case 0xE0:
                guard !hasFrame, content.starts(with: Array("JFIF\0".utf8)), content.count >= 14, image.count == 2 else { continue }
                // Without the thumbnail.
                image += [0xFF, marker, 0, 16] + content.prefix(12) + [0, 0]
            case 0xE1: orientation = JPEGOrientation.found(in: Array(content)) ?? orientation
            case 0xE2 where content.starts(with: Array("ICC_PROFILE\0".utf8)): kept += [0xFF, marker] + segment
            case 0xEE where content.starts(with: Array("Adobe".utf8)): kept += [0xFF, marker] + segment
            case 0xE0...0xEF, 0xFE: continue
            case 0xC4, 0xCC, 0xDB...0xDF: kept += [0xFF, marker] + segment
            default: return nil
            }
        }
    }

    /// The marker that stands there, past the bytes that may fill up before it.
    private static func marker(_ reader: ByteReader, _ at: inout Int) -> UInt8? {
        guard reader.byte(at) == 0xFF else { return nil }
        while reader.byte(at) == 0xFF { at += 1 }
        defer { at += 1 }
        return reader.byte(at)
    }

    /// Precision, height, width and as many components as it says.
    private static func isFrame(_ content: ArraySlice<UInt8>) -> Bool {
        let content = Array(content)
        guard content.count >= 6, content.count == 6 + 3 * Int(content[5]) else { return false }
        let height = Int(content[1]) << 8 | Int(content[2])
        // A height of none comes later, in a segment of its own.
        return content[5] > 0
            && FileCheck.isShowable(width: Int(content[3]) << 8 | Int(content[4]), height: height == 0 ? 0xFFFF : height)
    }

    /// Where the next marker stands that is none of the scan's own.
    private static func endOfScan(_ bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var at = start
            while at + 1 < bytes.count {
                if bytes[at] == 0xFF, bytes[at + 1] != 0, bytes[at + 1] != 0xFF, !(0xD0...0xD7).contains(bytes[at + 1]) { return at }
                at += 1
            }
            return nil
        }
    }

    private static func exif(_ orientation: UInt8) -> [UInt8] {
        let tiff: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let content = Array("Exif\0\0".utf8) + tiff
        return [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content
    }
}

/// Which way up a camera was held, as EXIF has it: 1 to 8.
enum JPEGOrientation {
    /// Nil when it is not said, or not in a way that can be read.
    static func found(in content: [UInt8]) -> UInt8? {
        guard content.starts(with: Array("Exif\0\0".utf8)) else { return nil }
        let tiff = Array(content.dropFirst(6))
        let isLittle = tiff.starts(with: Array("II*\0".utf8))
        guard isLittle || tiff.starts(with: Array("MM\0*".utf8)) else { return nil }
        let reader = ByteReader(bytes: tiff)
        func number(_ at: Int, _ count: Int) -> Int? {
            guard let slice = reader.slice(at, count) else { return nil }
            return (isLittle ? slice.reversed() : Array(slice)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let first = number(4, 4), let count = number(first, 2) else { return nil }
        for entry in 0..<count {
            let at = first + 2 + 12 * entry
            guard let tag = number(at, 2) else { return nil }
            guard tag == 0x0112 else { continue }
            guard number(at + 2, 2) == 3, number(at + 4, 4) == 1, let value = number(at + 8, 2), (1...8).contains(value) else { return nil }
            return UInt8(value)
        }
        return nil
    }
}
