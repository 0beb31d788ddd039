// Values of every type: what comes in goes out.

type Values = typeof import("bailiwick:conformance/values@0.1.0");

const echo = <T>(value: T): T => value;

export const values: Values = {
  echoBool: echo,
  echoU8: echo,
  echoU16: echo,
  echoU32: echo,
  echoU64: echo,
  echoS8: echo,
  echoS16: echo,
  echoS32: echo,
  echoS64: echo,
  echoF32: echo,
  echoF64: echo,
  echoChar: echo,
  echoString: echo,
  echoBytes: echo,
  echoStrings: echo,
  echoMatrix: echo,
  echoPlace: echo,
  echoTuple: echo,
  echoShape: echo,
  echoShapes: echo,
  echoColour: echo,
  echoPermissions: echo,
  echoOption: echo,
  echoOptionOption: echo,
  echoResults: echo,
  echoBareResults: echo,
  echoSeveral: (number, text, maybe, bytes) => [number, text, maybe, bytes],
  nothing: () => {},
};
