// Sorts pseudo-random integers; see bench/sort.wyn.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

func main() {
	n := 1000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	numbers := []int{}
	seed := 12345
	for i := 0; i < n; i++ {
		seed = (seed*1103515245 + 12345) % 2147483648
		numbers = append(numbers, seed)
	}
	sort.Ints(numbers)
	checksum := 0
	for i, x := range numbers {
		checksum = (checksum + i*x) % 1000000007
	}
	fmt.Println(numbers[0], numbers[n/2], numbers[n-1], checksum)
}
