/// The AsyncAPI 3 document of a set of services, derived from their declared events.
public enum AsyncAPI {
    /// - Throws: ``SchemaRecorder/NameTaken`` when two types share a component name.
    public static func document(_ services: [any ServiceContract.Type]) throws -> JSONValue {
        var recorder = SchemaRecorder()
        var channels: [String: JSONValue] = [:]
        var operations: [String: JSONValue] = [:]
        var messages: [String: JSONValue] = [:]
        for service in services {
            for event in service.events {
                messages[event.type] = try message(event, in: &recorder)
                channels[event.type] = [
                    "address": .string(event.type),
                    "messages": .object([event.type: ["$ref": .string("#/components/messages/\(event.type)")]]),
                ]
                operations["\(service.name).says.\(event.type)"] = [
                    "action": "send", "channel": ["$ref": .string("#/channels/\(event.type)")],
                    "summary": .string(event.summary),
                ]
            }
        }
        return [
            "asyncapi": "3.0.0",
            "info": ["title": "Palestra events", "version": "1"],
            "defaultContentType": "application/cloudevents+json",
            "channels": .object(channels),
            "operations": .object(operations),
            "components": ["messages": .object(messages), "schemas": .object(recorder.components)],
        ]
    }

    private static func message<E: Event>(_ event: E.Type, in recorder: inout SchemaRecorder) throws -> JSONValue {
        let data = try recorder.schema(of: event)
        return [
            "name": .string(E.type), "summary": .string(E.summary), "contentType": "application/cloudevents+json",
            "payload": [
                "type": "object",
                "required": ["specversion", "id", "type", "source", "subject", "time", "organizationid", "aggregateversion", "data"],
                "properties": [
                    "specversion": ["const": "1.0"], "id": ["type": "string", "format": "uuid"], "type": ["const": .string(E.type)],
                    "source": ["const": .string("/palestra/\(E.owner)")], "subject": ["type": "string"],
                    "time": ["type": "string", "format": "date-time"], "organizationid": ["type": "string", "format": "uuid"],
                    "aggregateversion": ["type": "integer"], "traceparent": ["type": "string"], "data": data,
                ],
            ],
        ]
    }
}
