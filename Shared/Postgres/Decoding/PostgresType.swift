/// The types that decoding knows, by the numbers that PostgreSQL has fixed for them.
enum PostgresType: Sendable, Hashable {
    case bool, bytes, int2, int4, int8, oid, float4, float8, text, uuid, date, time, moment, json, jsonb, void
    case numeric
    case array
    /// What has no fixed number (enumerations, citext) travels as text.
    case custom
    case other

    init(oid: UInt32) {
        self =
            switch oid {
            case 16: .bool
            case 17: .bytes
            case 20: .int8
            case 21: .int2
            case 23: .int4
            case 26: .oid
            case 700: .float4
            case 701: .float8
            // char, name, text, xml, unknown, bpchar, varchar
            case 18, 19, 25, 142, 705, 1042, 1043: .text
            case 2950: .uuid
            case 1082: .date
            case 1083: .time
            case 1184: .moment
            case 114: .json
            case 3802: .jsonb
            case 2278: .void
            case 1700: .numeric
            case 199, 1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1182, 1183, 1185, 1231, 2951, 3807:
                .array
            default: oid >= 16384 ? .custom : .other
            }
    }
}
