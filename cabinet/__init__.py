"""The self-service portal of a gas supplier: личный кабинет абонента."""
