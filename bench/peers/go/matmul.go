// Matrix multiplication; see examples/matmul.wyn.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func newMatrix(n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
	}
	return rows
}

func matrix(n int, seed float64) [][]float64 {
	a := newMatrix(n)
	scale := seed / float64(n) / float64(n)
	for i := range a {
		for j := range a[i] {
			a[i][j] = scale * float64(i-j) * float64(i+j)
		}
	}
	return a
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func multiply(a, b [][]float64) [][]float64 {
	n := len(a)
	columns, product := newMatrix(n), newMatrix(n)
	for j := range columns {
		for i := range b {
			columns[j][i] = b[i][j]
		}
	}
	for i, row := range a {
		for j, column := range columns {
			product[i][j] = dot(row, column)
		}
	}
	return product
}

func main() {
	n := 200
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	product := multiply(matrix(n, 1.0), matrix(n, 2.0))
	trace := 0.0
	for i := range product {
		trace += product[i][i]
	}
	fmt.Printf("trace %.6f, middle %.6f\n", trace, product[n/2][n/2])
}
