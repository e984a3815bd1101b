int pin_range(struct pin_range *range);
void unpin_range(struct pin_range *range);
