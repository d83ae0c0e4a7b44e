public import ContractKit
import Foundation

/// What a file is, by its bytes: whatever its sender says of it proves nothing. Pure.
public enum FileCheck {
    /// The file as it may be kept: images without what else cameras and programs write into them, but for which way up they are.
    ///
    /// - Throws: ``Problem`` `.unsupportedMediaType` when it is of no kind that is known, or of another than its sender says;
    ///   `.validation` when it is not whole.
    public static func cleaned(_ file: FileContent) throws(Problem) -> FileContent {
        guard let type = type(of: file.bytes) else { throw Problem(.unsupportedMediaType, detail: "The bytes are of no kind that is kept") }
        guard type == file.type else {
            throw Problem(.unsupportedMediaType, detail: "The bytes are \(type.rawValue), not \(file.type.rawValue)")
        }
        let bytes: [UInt8]? =
            switch type {
            case .pdf: isWholePDF(file.bytes) ? Array(file.bytes) : nil
            case .jpeg: JPEGSegments.cleaned(Array(file.bytes))
            case .png: PNGChunks.cleaned(Array(file.bytes))
            case .zip: nil
            }
        guard let bytes else {
            throw Problem.invalid("#", "must be a whole file of \(type.rawValue), an image of at most \(mostDots / 1_000_000) million dots")
        }
        return FileContent(type, Data(bytes))
    }

    /// What is small as a file and would take gigabytes to be shown is nobody's photograph.
    private static let mostDots = 100_000_000

    static func isShowable(width: Int, height: Int) -> Bool {
        width > 0 && height > 0 && width.multipliedReportingOverflow(by: height).overflow == false && width * height <= mostDots
    }

    /// By how it begins.
    static func type(of bytes: Data) -> FileType? {
        if bytes.starts(with: JPEGSegments.beginning) { return .jpeg }
        if bytes.starts(with: PNGChunks.signature) { return .png }
        if bytes.starts(with: Data("%PDF-1.".utf8)) || bytes.starts(with: Data("%PDF-2.".utf8)) { return .pdf }
        return nil
    }

    /// A document says at its end where its table of contents begins. What stands in it is for whoever opens it: it is only ever handed out
    /// as a download.
    private static func isWholePDF(_ bytes: Data) -> Bool {
        let end = Data(bytes.suffix(1024))
        guard let mark = end.range(of: Data("%%EOF".utf8), options: .backwards),
            let start = end.range(of: Data("startxref".utf8), options: .backwards), start.upperBound <= mark.lowerBound,
            let offset = Int(String(decoding: end[start.upperBound..<mark.lowerBound], as: UTF8.self).filter { !$0.isWhitespace })
        else { return false }
        return offset >= 0 && offset < bytes.count
    }
}

/// Bytes that are read by their place: what lies beyond the end is nil, never a trap.
struct ByteReader {
    let bytes: [UInt8]

    func byte(_ at: Int) -> UInt8? { bytes.indices.contains(at) ? bytes[at] : nil }

    /// Big-endian, as both kinds of image have it.
    func number(_ at: Int, bytes count: Int) -> Int? {
        slice(at, count)?.reduce(0) { $0 << 8 | Int($1) }
    }

    func slice(_ at: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard at >= 0, count >= 0, at <= bytes.count, count <= bytes.count - at else { return nil }
        return bytes[at..<at + count]
    }
}
