# probe.gp: DATA is what probe.py wrote, SVG is made. Two panels: time, and memory. Each line has its name at its end.
set terminal svg size 960,420 font "Helvetica,12" noenhanced background rgb "white" dynamic
set encoding utf8
set output svg
set datafile separator "\t"
set datafile missing "?"
set logscale xy
set multiplot layout 1,2
set grid xtics ytics linecolor rgb "#dddddd" linetype 1
set border 3 linecolor rgb "#444444"
set tics nomirror textcolor rgb "#222222"
set xlabel "domains" textcolor rgb "#222222"
set key off
set xrange [700:1e6]
set xtics font ",11" ("1,000" 1e3, "10,000" 1e4, "100,000" 1e5)

# Of a column: the last line that has a value, its domains and that value.
line(column) = system(sprintf("awk -F'\t' 'NR > 1 && $%d != \"?\" { at = $1 \" \" $%d } END { print (at ? at : \"1 1\") }' %s", column, column, data))
at(column) = real(word(line(column), 1))
last(column) = real(word(line(column), 2))

set title "Time of a run" textcolor rgb "#222222"
set yrange [0.5:100000]
set ytics ("1 s" 1, "10 s" 10, "1 min" 60, "10 min" 600, "1 h" 3600, "10 h" 36000) norotate
set label 1 " mta-sts-probe" at at(2),last(2) textcolor rgb "#0060b0" offset 0.9,-0.3
set label 2 " the version before" at at(4),last(4) textcolor rgb "#b05000" offset 0.9,0.4
set label 3 " dig, curl, openssl" at at(6),last(6) textcolor rgb "#777777" offset 0.9,0
plot data using 1:6 skip 1 with linespoints linewidth 2 dashtype 2 pointtype 6 linecolor rgb "#777777", \
     data using 1:4 skip 1 with linespoints linewidth 2 pointtype 9 linecolor rgb "#b05000", \
     data using 1:2 skip 1 with linespoints linewidth 2.5 pointtype 7 linecolor rgb "#0060b0"
unset label

set title "Memory, most" textcolor rgb "#222222"
unset logscale y
set yrange [0:100]
set ytics ("0" 0, "20 MB" 20, "40 MB" 40, "60 MB" 60, "80 MB" 80, "100 MB" 100)
set label 1 " mta-sts-probe" at at(3),last(3) textcolor rgb "#0060b0" offset 0.9,-0.5
set label 2 " the version before" at at(5),last(5) textcolor rgb "#b05000" offset 0.9,0.5
plot data using 1:5 skip 1 with linespoints linewidth 2 pointtype 9 linecolor rgb "#b05000", \
     data using 1:3 skip 1 with linespoints linewidth 2.5 pointtype 7 linecolor rgb "#0060b0"
