// Never served: what the check must refuse, so that its silence means something.
Object.groupBy([], (each) => each);
[3, 1].toSorted();
new Intl.DurationFormat("vi");
navigation.navigate("/");
