#!/usr/bin/perl
# The include rule: rooms.txt says which room may include from which, which headers belong to one room alone, and in what order
# features stand. Features are included through features/x/x.h only, and only by features to their right (or rooms above).
use strict;
use warnings;
require './tests/check/c_text.pl';

my (%may, @only, %order);
for (split /\n/, read_text('tests/check/rooms.txt')) {
    next if /^\s*(#|$)/;
    if (/^order:\s*(.*)/) {
        my $i = 0;
        $order{$_} = ++$i for split ' ', $1;
    } elsif (/^only:\s*(\S+)\s+(\S+)/) {
        push @only, [$1, $2];
    } elsif (/^(\w+):\s*(.*)/) {
        $may{$1} = { map { $_ => 1 } split(' ', $2) };
        $may{$1}{$1} = 1;
    } else {
        die "tests/check/rooms.txt: $_\n";
    }
}

sub room_of {
    my ($path) = @_; # from src/
    return $path =~ m{^(\w+)/} ? $1 : $path =~ /^main\.c$/ ? 'main' : '';
}
sub feature_of { return $_[0] =~ m{^features/(\w+)/} ? $1 : '' }

load_exceptions('includes');
my @files = project_files(qr{^src/.*\.[ch]$});
for my $file (@files) {
    (my $here = $file) =~ s{^src/}{};
    my ($room, $feature) = (room_of($here), feature_of($here));
    if (!$may{$room}) {
        fault($file, 1, "is in no room that tests/check/rooms.txt knows");
        next;
    }
    fault($file, 1, "feature '$feature' is not in the order of tests/check/rooms.txt") if $feature && !$order{$feature};
    for my $token (@{ c_tokens(read_text($file)) }) {
        next unless $token->[0] eq 'include';
        my ($open, $name) = $token->[1] =~ /([<"])(.*)[>"]/;
        my $line = $token->[2];
        if ($open eq '<') {
            for my $only (@only) {
                my ($prefix, $owner) = @$only;
                fault($file, $line, "<$name> belongs to src/$owner alone") if index($name, $prefix) == 0 && index($here, "$owner/") != 0;
            }
            next;
        }
        my ($target, $target_feature) = (room_of($name), feature_of($name));
        if (!-f "src/$name") {
            fault($file, $line, "\"$name\" is not a path from src/");
        } elsif (!$may{$room}{$target}) {
            fault($file, $line, "room $room may not include from $target ($name)");
        } elsif ($name =~ /internal\.h$/ && ($target ne $room || $target_feature ne $feature)) {
            fault($file, $line, "$name is its own room's");
        } elsif ($target_feature && $target_feature ne $feature) {
            if ($name ne "features/$target_feature/$target_feature.h") {
                fault($file, $line, "feature $target_feature is reached through features/$target_feature/$target_feature.h only");
            } elsif ($feature && ($order{$target_feature} || 0) >= $order{$feature}) {
                fault($file, $line, "feature $feature may not know $target_feature, which stands to its right");
            }
        }
    }
}
finish('includes', scalar @files);
