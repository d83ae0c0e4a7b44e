import ContractKit
public import Foundation

/// What Python finds in a ZIP archive, after it has checked every sum: bytes by name.
///
/// - Throws: ``TestSupportError`` with what it complained of.
public func unzipped(_ archive: Data) async throws -> [String: Data] {
    try await withTemporaryDirectory { folder in
        let file = folder.url("archive.zip")
        try archive.write(to: file)
        let program = """
            import base64, json, sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            names = [entry.filename for entry in archive.infolist()]
            assert archive.testzip() is None and len(set(names)) == len(names)
            print(json.dumps({name: base64.b64encode(archive.read(name)).decode() for name in names}))
            """
        let output = try await runProcess("python3", ["-c", program, file.path])
        guard output.status == 0 else { throw TestSupportError("no archive: \(output.standardError)") }
        return try JSON.decode([String: String].self, from: Data(output.standardOutput.utf8)).compactMapValues { Data(base64Encoded: $0) }
    }
}
