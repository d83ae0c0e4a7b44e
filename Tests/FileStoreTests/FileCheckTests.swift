import ContractKit
import Foundation
import TestSupport
import Testing

@testable import FileStore

@Suite struct FileCheckTests {
    private let secret = Data("SECRET".utf8)

    private func problem(_ file: FileContent) -> Problem? {
        do throws(Problem) {
            _ = try FileCheck.cleaned(file)
            return nil
        } catch {
            return error
        }
    }

    @Test func documentsAreKeptAsTheyAre() throws {
        #expect(try FileCheck.cleaned(SampleFiles.pdf()) == SampleFiles.pdf())
        #expect(try FileCheck.cleaned(.example) == .example)
    }

    @Test(arguments: [false, true], 1...8 as ClosedRange<UInt8>)
    func ofAPhotographOnlyThePictureIsKept(isLittle: Bool, orientation: UInt8) throws {
        let taken = SampleFiles.jpeg(orientation: orientation, isLittle: isLittle)
        #expect(taken.bytes.range(of: secret) != nil)
        let kept = try FileCheck.cleaned(taken).bytes
        #expect(kept.range(of: secret) == nil)
        #expect(JPEGOrientation.found(in: exif(in: kept)) == (orientation > 1 ? orientation : nil))
        // The same as of one that nothing was written into, but for which way up it is.
        let plain = Array(SampleFiles.jpeg().bytes)
        let added = orientation > 1 ? 36 : 0
        let picture = Array(kept)
        #expect(picture[..<20] == plain[..<20] && picture[(20 + added)...] == plain[20...])
        #expect(try FileCheck.cleaned(FileContent(.jpeg, kept)).bytes == kept, "once is enough")
    }

    private func exif(in bytes: Data) -> [UInt8] {
        guard let mark = bytes.range(of: Data("Exif\0\0".utf8)) else { return [] }
        return Array(bytes[mark.lowerBound...])
    }

    /// 24 dots square, as libjpeg wrote them: in ten scans, and with restart markers.
    private static let photographs = [
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/\
        2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAYABgDASIAAhEBAxEB/8QA\
        FwABAQEBAAAAAAAAAAAAAAAAAAMCBP/EABgBAAMBAQAAAAAAAAAAAAAAAAECBAAF/9oADAMBAAIQAxAAAAHhpuq6boGnNRObsCr/xAAWEAEBAQAAAAAAAAAA\
        AAAAAAAAARH/2gAIAQEAAQUCxjEiRiRiR//EABYRAAMAAAAAAAAAAAAAAAAAAAABAv/aAAgBAwEBPwGbFZLEz//EABoRAAICAwAAAAAAAAAAAAAAAAABAhEh\
        IjH/2gAIAQIBAT8BWTVCdROH/8QAFBABAAAAAAAAAAAAAAAAAAAAMP/aAAgBAQAGPwIf/8QAFxAAAwEAAAAAAAAAAAAAAAAAAAEQEf/aAAgBAQABPyFFFWqx\
        FYj/AP/aAAwDAQACAAMAAAAQON9+/8QAFhEBAQEAAAAAAAAAAAAAAAAAAAER/9oACAEDAQE/EFbFtWx//8QAFxEBAQEBAAAAAAAAAAAAAAAAAQARMf/aAAgB\
        AgEBPxAx2xZFS4ML/8QAGRAAAwEBAQAAAAAAAAAAAAAAAAFhESEQ/9oACAEBAAE/EJEyZAiI4zWSMCxdfn//2Q==
        """,
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/\
        2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAYABgDASIAAhEBAxEB/8QA\
        GAABAQEBAQAAAAAAAAAAAAAAAAQFAQP/xAAbEAACAwEBAQAAAAAAAAAAAAAAAwECYREhEv/EABcBAAMBAAAAAAAAAAAAAAAAAAIEBQD/xAAbEQACAwADAAAA\
        AAAAAAAAAAABAgADERITMv/dAAQAAf/aAAwDAQACEQMRAD8Aw6JwoojD3WnCpaMAQcpqrp//0I6IwGjVcV852QCepThMppccn//R6pOFVV/MRyPZAF1YrUSJ\
        OqY7P//S0VIAAt5AwQkY5P/Z
        """,
    ]

    @Test(arguments: photographs) func whatOtherProgramsWriteIsLeftAsItIs(_ text: String) throws {
        let plain = Array(try #require(Data(base64Encoded: text)))
        #expect(try FileCheck.cleaned(FileContent(.jpeg, Data(plain))).bytes == Data(plain))
        let words = Array(SampleFiles.secret.utf8)
        let taken = Array(plain[..<20]) + SampleFiles.segment(0xE1, words) + Array(plain[20...]) + words
        #expect(try FileCheck.cleaned(FileContent(.jpeg, Data(taken))).bytes == Data(plain))
    }

    @Test func coloursStayAsTheyWere() throws {
        let plain = Array(SampleFiles.jpeg().bytes)
        let profile = SampleFiles.segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1, 9, 9, 9])
        let adobe = SampleFiles.segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1])
        let other = SampleFiles.segment(0xE2, Array("MPF\0SECRET".utf8))
        let (beginning, rest) = (Array(plain[..<20]), Array(plain[20...]))
        let kept = try FileCheck.cleaned(FileContent(.jpeg, Data(beginning + profile + other + adobe + rest)))
        #expect(kept.bytes == Data(beginning + profile + adobe + rest))
    }

    @Test func ofAPNGOnlyThePictureIsKept() throws {
        let made = SampleFiles.png(hasSecrets: true)
        #expect(made.bytes.range(of: secret) != nil)
        #expect(try FileCheck.cleaned(made) == SampleFiles.png())
        let plain = Array(SampleFiles.png().bytes)
        let unknown = Array(plain[..<33]) + SampleFiles.chunk("NEED", [1]) + Array(plain[33...])
        #expect(problem(FileContent(.png, Data(unknown)))?.status == 422)
    }

    @Test func whatItIsTheBytesSay() {
        for file in [SampleFiles.pdf(), SampleFiles.jpeg(), SampleFiles.png()] {
            #expect(problem(file) == nil)
            for type in FileType.allCases where type != file.type {
                #expect(problem(FileContent(type, file.bytes))?.isA(.unsupportedMediaType) == true)
            }
        }
        for text in ["", "MZ", "<html><script>alert(1)</script>", "GIF89a", "PK\u{3}\u{4}", "<svg/>", " %PDF-1.7", "%PDF-3.0", "#!/bin/sh"]
        {
            for type in FileType.allCases {
                #expect(problem(FileContent(type, Data(text.utf8)))?.isA(.unsupportedMediaType) == true, "\(text)")
            }
        }
        for text in ["%PDF-1.7\n", "%PDF-1.7\nstartxref\n9\n", "%PDF-1.7\nstartxref\n900\n%%EOF", "%PDF-1.7\n%%EOF\nstartxref\n9"] {
            #expect(problem(FileContent(.pdf, Data(text.utf8)))?.isA(.validation) == true, "\(text)")
        }
    }

    /// Whatever is done to a file, it is refused, or what is kept of it is whole and holds nothing beside the picture.
    @Test(arguments: [SampleFiles.jpeg(orientation: 6), SampleFiles.png(hasSecrets: true), SampleFiles.pdf()])
    func brokenFilesAreRefusedAndNeverBreakAnything(_ file: FileContent) throws {
        func look(_ bytes: Data) throws {
            let broken = FileContent(file.type, bytes)
            guard problem(broken) == nil else { return }
            let kept = try FileCheck.cleaned(broken)
            #expect(try FileCheck.cleaned(kept) == kept)
        }
        for length in 0..<file.bytes.count { try look(file.bytes.prefix(length)) }
        // Whole, but for what hangs behind the end.
        if file.type != .pdf {
            let end = file.bytes.count - SampleFiles.secret.utf8.count
            for length in 0..<end { #expect(problem(FileContent(file.type, file.bytes.prefix(length))) != nil, "\(length)") }
        }
        var chance = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = file.bytes
            for _ in 0..<Int.random(in: 1...6, using: &chance) {
                let at = Int.random(in: 0..<bytes.count, using: &chance)
                switch Int.random(in: 0..<4, using: &chance) {
                case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
                case 1: bytes[at] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &chance) ?? 0
                case 2 where bytes.count > 32: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 0...255, using: &chance), at: at)
                }
            }
            try look(bytes)
        }
    }

    @Test func imagesThatNoMachineCouldShowAreRefused() {
        for (width, height) in [(50_000, 50_000), (10_000, 10_001), (0, 1), (1, 0), (0xFFFF_FFFF, 0xFFFF_FFFF)] {
            func bytes(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } }
            let png = Array(SampleFiles.png().bytes)
            let head = SampleFiles.chunk("IHDR", bytes(width) + bytes(height) + [8, 0, 0, 0, 0])
            #expect(problem(FileContent(.png, Data(Array(png[..<8]) + head + Array(png[33...]))))?.status == 422)
        }
        var jpeg = Array(SampleFiles.jpeg().bytes)
        let frame = jpeg.indices.first { jpeg[$0...].starts(with: [0xFF, 0xC0]) } ?? 0
        for (height, refused) in [([0xC3, 0x50], true), ([0, 1], false)] as [([UInt8], Bool)] {
            jpeg.replaceSubrange(frame + 5..<frame + 9, with: height + [0xC3, 0x50])
            #expect((problem(FileContent(.jpeg, Data(jpeg))) != nil) == refused)
        }
    }

    /// As an attacker would write it: lengths that reach beyond the end, directories that point into nowhere.
    @Test func lengthsThatLieAreRefused() {
        let png = Array(SampleFiles.png().bytes)
        for length: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 0]] {
            #expect(problem(FileContent(.png, Data(Array(png[..<8]) + length + Array(png[12...]))))?.status == 422)
        }
        for content: [UInt8] in [[], [0, 0], Array(repeating: 0xFF, count: 200), Array("MM\0*".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]] {
            #expect(JPEGOrientation.found(in: Array("Exif\0\0".utf8) + content) == nil)
        }
        let endless = Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0xFF, 0xFF] + Array(repeating: 0, count: 24)
        #expect(JPEGOrientation.found(in: endless) == nil)
        #expect(problem(FileContent(.jpeg, Data([0xFF, 0xD8, 0xFF] + Array(repeating: 0xFF, count: 100_000))))?.status == 422)
    }
}
