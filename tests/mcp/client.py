"""The official Python client against a server: what a program of a user's would do, in one line of JSON.

client.py MODE URL
client.py MODE COMMAND ARGUMENTS...

MODE is `auto`, `legacy` or a version of the protocol. What is right is for the caller to say.
"""

import asyncio
import json
import sys

from mcp import Client, StdioServerParameters
from mcp.types import ElicitResult


def connect(mode, server, answers):
    """A client whose person gives these answers, one after the other, and keeps what was asked."""
    asked = []

    async def person(_context, params):
        asked.append(params.message)
        approve = answers[len(asked) - 1]
        return ElicitResult(action="accept", content={"approve": approve})

    return Client(server, mode=mode, elicitation_callback=person), asked


async def call(client, name, arguments=None, **more):
    result = await client.call_tool(name, arguments or {}, **more)
    return {
        "is_error": bool(result.is_error),
        "text": [part.text for part in result.content if part.type == "text"],
        "kinds": [part.type for part in result.content],
        "structured": result.structured_content,
        "code": (result.meta or {}).get("bailiwick/code"),
    }


async def unknown(client):
    try:
        await client.call_tool("no_such_tool", {})
    except Exception as error:
        return str(error)
    return None


async def converse(mode, server):
    told = {}
    steps = []

    async def progress(done, total, message):
        steps.append([done, total, message])

    client, asked = connect(mode, server, [True, False])
    async with client:
        told["version"] = client.protocol_version
        told["tools"] = [tool.name for tool in (await client.list_tools()).tools]
        told["text"] = await call(client, "say")
        told["mixed"] = await call(client, "mixed")
        told["error"] = await call(client, "fail")
        told["wrong"] = await call(client, "register", {"nickname": "x"})
        told["denied"] = await call(client, "files.read", {"path": "secret"})
        told["trap"] = await call(client, "limits.trap", {"kind": "unreachable"})
        told["progress"] = await call(client, "work", progress_callback=progress)
        told["steps"] = steps
        told["yes"] = await call(client, "approved")
        told["no"] = await call(client, "approved")
        told["asked"] = asked
        told["unknown"] = await unknown(client)
        told["after"] = await call(client, "say")
    return told


def main():
    mode, *rest = sys.argv[1:]
    if rest[0].startswith("http://"):
        server = rest[0]
    else:
        server = StdioServerParameters(command=rest[0], args=rest[1:])
    print(json.dumps(asyncio.run(converse(mode, server))))


main()
