// Turning over cards; see examples/fannkuch.wyn.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func countFlips(cards []int) int {
	flips := 0
	for cards[0] != 0 {
		for low, high := 0, cards[0]; low < high; low, high = low+1, high-1 {
			cards[low], cards[high] = cards[high], cards[low]
		}
		flips++
	}
	return flips
}

func fannkuch(n int) (checksum, most int) {
	permutation, cards, count := make([]int, n), make([]int, n), make([]int, n)
	for i := range permutation {
		permutation[i] = i
	}
	sign, r := 1, n
	for {
		for ; r != 1; r-- {
			count[r-1] = r
		}
		copy(cards, permutation)
		flips := countFlips(cards)
		if flips > most {
			most = flips
		}
		checksum += sign * flips
		sign = -sign
		for ; ; r++ {
			if r == n {
				return checksum, most
			}
			front := permutation[0]
			for i := 0; i < r; i++ {
				permutation[i] = permutation[i+1]
			}
			permutation[r] = front
			count[r]--
			if count[r] > 0 {
				break
			}
		}
	}
}

func main() {
	n := 7
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	checksum, most := fannkuch(n)
	fmt.Printf("%d\nPfannkuchen(%d) = %d\n", checksum, n, most)
}
