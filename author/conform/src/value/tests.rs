//! Every value that is made fits its shape, as the runtime reads it, and shrinks to the least that shows a fault.
