package clock_test

import (
	"errors"

	"bailiwick.dev/sdk/clock"
	"bailiwick.dev/sdk/log"
	"bailiwick.dev/sdk/wit/bailiwick_clock_clock"
)

func ExampleNow() {
	now, err := clock.Now()
	if errors.Is(err, clock.ErrDenied) {
		return
	}
	log.Info(now.Format("2006-01-02"))
}

func ExampleElapsed() {
	elapsed, err := clock.Elapsed()
	if err == nil {
		log.Debug(elapsed.String())
	}
}

func ExampleToWit() {
	type failure struct{ cause bailiwick_clock_clock.Error }
	if _, err := clock.Now(); err != nil {
		_ = failure{clock.ToWit(err)}
	}
}
