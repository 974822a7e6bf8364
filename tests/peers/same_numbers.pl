#!/usr/bin/perl
# same_numbers.pl TOLERANCE FILE FILE: two CSV files alike but for their numbers, and these to a relative tolerance.
use strict;
use warnings;

my ($tolerance, @names) = @ARGV;
die "usage: same_numbers.pl TOLERANCE FILE FILE\n" unless @names == 2;
my @lines = map {
    open my $file, '<', $_ or die "$_: $!\n";
    [<$file>];
} @names;
my $faults = 0;
die "$names[0] has " . @{$lines[0]} . " lines, $names[1] " . @{$lines[1]} . "\n" if @{$lines[0]} != @{$lines[1]};
die "$names[0] is empty\n" unless @{$lines[0]} > 1;
for my $i (0 .. $#{$lines[0]}) {
    my @cells = map { chomp(my $line = $_->[$i]); [split /,/, $line, -1] } @lines;
    my $same = @{$cells[0]} == @{$cells[1]};
    for my $c (0 .. $#{$cells[0]}) {
        last unless $same;
        my ($x, $y) = ($cells[0][$c], $cells[1][$c]);
        next if $x eq $y;
        my $number = qr/^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/;
        $same = $x =~ $number && $y =~ $number && abs($x - $y) <= $tolerance * (abs($x) + abs($y) + 1e-6);
    }
    next if $same;
    print "$names[0]:" . ($i + 1) . ": $lines[0][$i]" . "$names[1]:" . ($i + 1) . ": $lines[1][$i]" if ++$faults <= 5;
}
print "$faults lines differ\n" if $faults;
exit($faults ? 1 : 0);
