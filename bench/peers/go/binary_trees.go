// Builds and counts trees; see examples/binary_trees.wyn.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type tree struct{ left, right *tree }

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func count(t *tree) int {
	if t == nil {
		return 0
	}
	return 1 + count(t.left) + count(t.right)
}

func main() {
	depth := 10
	if len(os.Args) > 1 {
		depth, _ = strconv.Atoi(os.Args[1])
	}
	fmt.Printf("stretch tree of depth %d\t check: %d\n", depth+1, count(build(depth+1)))
	longLived := build(depth)
	for d := 4; d <= depth; d += 2 {
		rounds, nodes := 1<<(depth-d+4), 0
		for i := 0; i < rounds; i++ {
			nodes += count(build(d))
		}
		fmt.Printf("%d\t trees of depth %d\t check: %d\n", rounds, d, nodes)
	}
	fmt.Printf("long lived tree of depth %d\t check: %d\n", depth, count(longLived))
}
