#!/usr/bin/perl
# documents.pl FILE...: these documents, and all that they link to, and so on: a path a line. What is installed at these
# paths has no link that leads nowhere.
use strict;
use warnings;

my (%seen, @todo);
for my $file (@ARGV) {
    push @todo, $file unless $seen{$file}++;
}
while (defined(my $file = shift @todo)) {
    print "$file\n";
    next unless $file =~ /\.md$/;
    my $folder = $file =~ m{^(.*)/} ? $1 : '';
    open my $in, '<:encoding(UTF-8)', $file or die "documents: $file: $!\n";
    while (my $line = <$in>) {
        while ($line =~ /\]\(([^)#\s]+)[^)]*\)/g) {
            my $target = $1;
            next if $target =~ /^[a-z]+:/;
            my @parts;
            for my $part (split m{/}, "$folder/$target") {
                $part eq '..' ? pop @parts : $part eq '' || $part eq '.' ? 1 : push @parts, $part;
            }
            my $path = join '/', @parts;
            die "documents: $file links to $target, which is no file\n" unless -f $path;
            push @todo, $path unless $seen{$path}++;
        }
    }
    close $in;
}
