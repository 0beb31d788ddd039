//! Serves a policy's tools to agents over the Model Context Protocol.
