package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
)

// quantity is an amount as Kubernetes writes it, such as "500m", "4", "2Gi" or "1e3", kept exactly.
type quantity struct{ value big.Rat }

var suffixes = map[string]*big.Rat{
	"n": big.NewRat(1, 1e9), "u": big.NewRat(1, 1e6), "m": big.NewRat(1, 1e3), "": big.NewRat(1, 1),
	"k": big.NewRat(1e3, 1), "M": big.NewRat(1e6, 1), "G": big.NewRat(1e9, 1), "T": big.NewRat(1e12, 1), "P": big.NewRat(1e15, 1),
	"E": big.NewRat(1e18, 1), "Ki": big.NewRat(1<<10, 1), "Mi": big.NewRat(1<<20, 1), "Gi": big.NewRat(1<<30, 1),
	"Ti": big.NewRat(1<<40, 1), "Pi": big.NewRat(1<<50, 1), "Ei": big.NewRat(1<<60, 1),
}

// UnmarshalJSON reads a string or a number.
func (q *quantity) UnmarshalJSON(data []byte) error {
	text := string(data)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	number := strings.TrimRight(text, "numkKMGTPEi")
	factor, valid := suffixes[text[len(number):]]
	// No exponent that takes more memory than an amount is worth: 10^18 is the most that there is of anything.
	if exponent := strings.IndexAny(number, "eE"); exponent >= 0 && len(number)-exponent > 4 || len(number) > 40 {
		valid = false
	}
	if valid = valid && !strings.ContainsAny(number, "/xXpP_"); valid {
		_, valid = q.value.SetString(number)
	}
	if !valid || q.value.Sign() < 0 {
		return fmt.Errorf("quantity %q is none; it must be a number of at least 0 with or without a suffix, such as 500m, 4 or 2Gi", text)
	}
	q.value.Mul(&q.value, factor)
	if limit := new(big.Rat).SetInt64(math.MaxInt64); q.value.Cmp(limit) > 0 {
		return fmt.Errorf("quantity %q is more than 2^63 - 1", text)
	}
	return nil
}

func (q *quantity) isWhole() bool { return q.value.IsInt() }

// floor is the largest whole number that is not above it.
func (q *quantity) floor() int64 { return new(big.Int).Quo(q.value.Num(), q.value.Denom()).Int64() }

// ceil is the smallest whole number that is not below it.
func (q *quantity) ceil() int64 {
	if q.isWhole() {
		return q.floor()
	}
	return q.floor() + 1
}
