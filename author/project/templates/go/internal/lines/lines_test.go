package lines

import (
	"strings"
	"testing"
	"testing/iotest"
)

func TestTheLastLineNeedsNoEnd(t *testing.T) {
	for text, expected := range map[string]uint32{"": 0, "a": 1, "a\n": 1, "a\nb": 2, "\n\n": 2} {
		lines, err := Count(iotest.OneByteReader(strings.NewReader(text)))
		if err != nil || lines != expected {
			t.Errorf("%q: %d lines and %v, not %d", text, lines, err, expected)
		}
	}
}

func TestAnErrorOfTheSourceIsPassedOn(t *testing.T) {
	if _, err := Count(iotest.ErrReader(iotest.ErrTimeout)); err != iotest.ErrTimeout {
		t.Error(err)
	}
}
